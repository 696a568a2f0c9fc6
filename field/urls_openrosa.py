"""The doors of ODK clients, under `/openrosa/`. Names are `openrosa:<act>`."""

from django.urls import path

from field.views import openrosa

app_name = "openrosa"
urlpatterns = [
    path("<str:reference>/submission", openrosa.submission, name="submission"),
    path("<str:reference>/formList", openrosa.form_list, name="list"),
    path("<str:reference>/forms/<str:form_id>/<str:version>.xml", openrosa.form_file, name="form"),
    path("<str:reference>/manifest/<str:form_id>/<str:version>", openrosa.manifest, name="manifest"),
    path("<str:reference>/media/<str:form_id>/<str:version>/<str:name>", openrosa.media, name="media"),
]
