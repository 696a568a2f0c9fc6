"""The phone app: mounted at `/field/`. Names are `field_app:<act>`."""

from django.urls import path

from field.views import app

app_name = "field_app"
urlpatterns = [
    path("", app.shell, name="shell"),
    path("sw.js", app.service_worker, name="service_worker"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
]
