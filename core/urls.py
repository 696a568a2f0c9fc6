"""Pages of the house."""

from django.urls import path

from core import views
from core.views import reminders

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("files/<uuid:uuid>/<str:name>", views.file, name="file"),
    path("jobs/", views.JobListView.as_view(), name="jobs"),
    path("jobs/<uuid:uuid>/", views.JobView.as_view(), name="job"),
    path("jobs/<uuid:uuid>/status/", views.JobStatusView.as_view(), name="job_status"),
    path("jobs/<uuid:uuid>/cancel/", views.cancel_job, name="job_cancel"),
    path("jobs/<uuid:uuid>/retry/", views.retry_job, name="job_retry"),
    path("log/", views.LogView.as_view(), name="log"),
    path("reminders/", reminders.ReminderRulesView.as_view(), name="reminder_rules"),
    path("reminders/plan/", reminders.ReminderPlanView.as_view(), name="reminder_plan"),
    path("reminders/rules/<str:rule>/", reminders.ReminderRuleView.as_view(), name="reminder_rule"),
    path("outbox/", views.OutboxView.as_view(), name="outbox"),
]
