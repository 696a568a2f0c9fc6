"""Pages of the house."""

from django.urls import path

from core import views
from core.views import inbox, outbox, reminders

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("files/<uuid:uuid>/<str:name>", views.file, name="file"),
    path("jobs/", views.JobListView.as_view(), name="jobs"),
    path("jobs/schedules/", views.SchedulesView.as_view(), name="schedules"),
    path("jobs/<uuid:uuid>/", views.JobView.as_view(), name="job"),
    path("jobs/<uuid:uuid>/status/", views.JobStatusView.as_view(), name="job_status"),
    path("jobs/<uuid:uuid>/cancel/", views.cancel_job, name="job_cancel"),
    path("jobs/<uuid:uuid>/retry/", views.retry_job, name="job_retry"),
    path("log/", views.LogView.as_view(), name="log"),
    path("reminders/", reminders.ReminderRulesView.as_view(), name="reminder_rules"),
    path("reminders/plan/", reminders.ReminderPlanView.as_view(), name="reminder_plan"),
    path("reminders/rules/<str:rule>/", reminders.ReminderRuleView.as_view(), name="reminder_rule"),
    path("inbox/", inbox.InboxView.as_view(), name="inbox"),
    path("inbox/change/", inbox.InboxActView.as_view(), name="inbox_act"),
    path("inbox/worker.js", inbox.worker, name="push_worker"),
    path("inbox/browsers/", inbox.PushView.as_view(), name="push"),
    path("unsubscribe/<str:token>/", inbox.unsubscribe, name="unsubscribe"),
    path("outbox/", outbox.OutboxView.as_view(), name="outbox"),
    path("outbox/bounces/<str:token>/", outbox.bounces, name="bounces"),
    path("outbox/addresses/", outbox.SuppressedView.as_view(), name="suppressed"),
    path("outbox/addresses/change/", outbox.SuppressView.as_view(), name="suppress"),
    path("outbox/texts/", outbox.MailTextsView.as_view(), name="mail_texts"),
    path("outbox/texts/<path:template>/<str:language>/", outbox.MailTextView.as_view(), name="mail_text"),
    path("outbox/<uuid:uuid>/", outbox.MailView.as_view(), name="mail"),
    path("outbox/<uuid:uuid>/<str:act>/", outbox.MailActView.as_view(), name="mail_act"),
]
