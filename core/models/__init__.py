"""Tables of the house: clock, log, files, jobs, outbox, reminders, translations, documents."""

from core.models.audit import AuditEntry
from core.models.base import ClockOffset, Named, Record
from core.models.documents import Document, DocumentFile, DocumentFormat
from core.models.files import StoredFile
from core.models.jobs import (
    Heartbeat,
    Job,
    JobLine,
    MailText,
    OutboxAttachment,
    OutboxMail,
    ReaderChoice,
    Reminder,
    ReminderSetting,
    ScheduleRun,
    SuppressedAddress,
)
from core.models.push import PushSubscription
from core.models.translation import Translation

__all__ = [
    "AuditEntry",
    "ClockOffset",
    "Document",
    "DocumentFile",
    "DocumentFormat",
    "Heartbeat",
    "Job",
    "JobLine",
    "MailText",
    "Named",
    "OutboxAttachment",
    "OutboxMail",
    "PushSubscription",
    "ReaderChoice",
    "Record",
    "Reminder",
    "ReminderSetting",
    "ScheduleRun",
    "StoredFile",
    "SuppressedAddress",
    "Translation",
]
