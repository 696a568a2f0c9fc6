"""Views of the house, and the mixin by which pages ask for rights."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView, ListView, TemplateView, View

from core import audit, health, jobs, schedules
from core.actors import Actor, user_actor
from core.enums import JobState
from core.errors import NotAllowed
from core.files import may_read
from core.models import AuditEntry, Job, StoredFile
from core.rights import allowed

INLINE = {"application/pdf", "image/jpeg", "image/png", "image/svg+xml", "text/html"}


def actor(request: HttpRequest) -> Actor:
    """The signed-in account as an actor. Raises NotAllowed for a stranger."""
    if not request.user.is_authenticated:
        raise NotAllowed(_("Sign in first."), code="not_signed_in")
    return user_actor(request.user)


class RightMixin(View):
    """A page that asks for `permission`: strangers sign in, what is not visible is 404, what is not theirs is 403.

    A page about one object overrides `get_right_object()`; it is looked up with `visible_to(user)` by the view itself,
    so that absent and forbidden look alike.
    """

    permission: str = ""

    def get_right_object(self) -> Any:
        """The object the permission is asked about; None where it is about no object."""
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Ask, then answer."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if self.permission and not allowed(user_actor(request.user), self.permission, self.get_right_object()):
            raise NotAllowed(_("You may not see this page: it belongs to another role."))
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        """The signed-in account as an actor."""
        return user_actor(self.request.user)


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The web process is alive."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part of the house answers: 200, else 503; each part by name."""
    parts = health.check_all()
    body = {part.part: "ok" if part.ok else part.why for part in parts}
    return JsonResponse(body, status=200 if all(part.ok for part in parts) else 503)


@require_GET
def file(request: HttpRequest, uuid: Any, name: str) -> FileResponse:
    """Serve a stored file to those for whom an app vouches; for all others it does not exist."""
    row = get_object_or_404(StoredFile, uuid=uuid)
    if not may_read(request.user, row):
        raise Http404
    return file_response(row, inline="download" not in request.GET)


def file_response(row: StoredFile, *, inline: bool = True) -> FileResponse:
    """A stored file with the headers that keep it from acting in the browser; whether the reader may have it was asked before."""
    inline = inline and row.mime in INLINE
    response = FileResponse(row.open(), content_type=row.mime)
    response.headers["Content-Disposition"] = content_disposition_header(not inline, row.name) or "attachment"
    response.headers["Content-Length"] = str(row.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


class JobListView(RightMixin, ListView):
    """What runs, waits and failed: one's own jobs; administrators see all."""

    template_name = "core/jobs.html"
    paginate_by = 50
    permission = "core.view_jobs"

    def get_queryset(self) -> QuerySet[Job]:
        """The jobs this reader may see; of one state where asked for."""
        rows, state = _jobs_of(self.request), self.request.GET.get("state")
        return rows.filter(state=state) if state else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How many there are in each state."""
        counts = dict(_jobs_of(self.request).order_by().values_list("state").annotate(Count("pk")))
        states = [(code, label, counts.get(code, 0)) for code, label in JobState.choices]
        may_see_all = allowed(self.actor, "core.view_all_jobs")
        return super().get_context_data(states=states, may_see_all=may_see_all, **kwargs)


class SchedulesView(RightMixin, TemplateView):
    """Periodic work with its last and next run, and whether worker and scheduler are heard of."""

    template_name = "core/schedules.html"
    permission = "core.view_all_jobs"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The tasks."""
        return super().get_context_data(schedules=schedules.schedules(), **kwargs)


class JobView(RightMixin, DetailView):
    """One job with its progress; the fragment is polled until it is over."""

    template_name = "core/job.html"
    slug_field = slug_url_kwarg = "uuid"
    permission = "core.view_jobs"

    def get_queryset(self) -> QuerySet[Job]:
        """The jobs this reader may see."""
        return _jobs_of(self.request)


class JobStatusView(JobView):
    """The part of the page that shows progress."""

    template_name = "core/job_status.html"


@require_POST
def cancel_job(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Cancel a job of one's own."""
    job = get_object_or_404(_jobs_of(request), uuid=uuid)
    jobs.cancel_job(job, by=actor(request))
    return redirect(job)


@require_POST
def retry_job(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Start a failed job of one's own again."""
    job = get_object_or_404(_jobs_of(request), uuid=uuid)
    jobs.retry_job(job, by=actor(request))
    return redirect(job)


class LogView(RightMixin, ListView):
    """The log, for auditors and administrators."""

    template_name = "core/log.html"
    paginate_by = 100
    permission = "core.view_log"

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """Entries of one mission or about one object, where asked for."""
        rows = AuditEntry.objects.all()
        wanted = self.request.GET
        if wanted.get("mission"):
            rows = rows.filter(mission=wanted["mission"])
        if wanted.get("object"):
            rows = rows.filter(object_id=wanted["object"])
        if wanted.get("actor"):
            rows = rows.filter(actor__contains=wanted["actor"])
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give each entry its sentence."""
        context = super().get_context_data(**kwargs)
        for entry in context["object_list"]:
            entry.sentence = audit.sentence_of(entry.action)
        return context


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or nothing for this reader."""
    return render(request, "core/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: the page needs nothing that could break as well."""
    return render(None, "core/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere."""
    return render(request, "core/csrf.html", status=403)


def _jobs_of(request: HttpRequest) -> QuerySet[Job]:
    if not request.user.is_authenticated:
        return Job.objects.none()
    if allowed(user_actor(request.user), "core.view_all_jobs"):
        return Job.objects.select_related("owner").all()
    return Job.objects.select_related("owner").filter(owner=request.user)
