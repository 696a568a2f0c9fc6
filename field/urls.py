"""Pages of the field app. Names are `field:<act>`."""

from django.urls import path

from field.views import openrosa

app_name = "field"
urlpatterns = [
    path("openrosa/<str:reference>/formList", openrosa.form_list, name="openrosa-list"),
    path("openrosa/<str:reference>/forms/<str:form_id>/<str:version>.xml", openrosa.form_file, name="openrosa-form"),
    path("openrosa/<str:reference>/manifest/<str:form_id>/<str:version>", openrosa.manifest, name="openrosa-manifest"),
    path("openrosa/<str:reference>/media/<str:form_id>/<str:version>/<str:name>", openrosa.media, name="openrosa-media"),
    path("openrosa/<str:reference>/submission", openrosa.submission, name="openrosa-submission"),
]
