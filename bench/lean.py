"""The yardstick beside which the OpenRosa door is measured: a lean Django view that stores the same form durably.

DESIGN 8 names its rate on the machine where ODK Central was measured (1,100/s, Central 200/s), so that the door's share of
this view's rate says on any machine how it stands to three times Central.

Run by gunicorn as `bench.lean:application` over the database of DATABASE_URL. It signs nobody in and evaluates nothing.
"""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

there = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="a benchmark keeps no secrets",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": there.path.lstrip("/"),
            "HOST": there.hostname,
            "PORT": there.port,
            "USER": unquote(there.username or ""),
            "PASSWORD": unquote(there.password or ""),
            "CONN_MAX_AGE": None,
        }
    },
    USE_TZ=True,
)
application = get_wsgi_application()

from django.db import models  # noqa: E402


class LeanForm(models.Model):
    """One stored form."""

    uuid = models.UUIDField(unique=True)
    raw_xml = models.TextField()

    class Meta:
        app_label = "lean"
        db_table = "bench_lean_form"

    def __str__(self) -> str:
        return str(self.uuid)


def submission(request: HttpRequest) -> HttpResponse:
    """Store the form under its UUID."""
    raw = request.FILES["xml_submission_file"].read().decode()
    at = raw.index("instanceID>uuid:") + 16
    LeanForm.objects.create(uuid=UUID(raw[at : at + 36]), raw_xml=raw)
    return HttpResponse(status=201)


urlpatterns = [path("submission", submission)]
