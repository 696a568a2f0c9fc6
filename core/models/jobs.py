"""Background work that people wait for, and the outbox."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.enums import JobState, Language, MailChannel, MailState, ReminderState, Timing
from core.models.base import Named, Record
from core.models.files import StoredFile
from core.models.push import PushSubscription


class Job(Record):
    """One piece of background work. The row is the truth; the broker's message only wakes a worker."""

    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    by = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=80, blank=True)
    params = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    files_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_state_lease")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    def get_absolute_url(self) -> str:
        """The page that shows its progress."""
        return reverse("core:job", args=[self.uuid])

    @property
    def is_over(self) -> bool:
        """Nothing more will happen with it."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def percent(self) -> int:
        """Progress in per cent, 0 to 100."""
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class JobLine(models.Model):
    """One line of a job's log (real time)."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class ScheduleRun(models.Model):
    """The last run of one periodic task (real time)."""

    task = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.task


class OutboxMail(Record):
    """One mail to one reader, rendered in the reader's language, or one message to one browser of theirs.

    `key` makes a second queueing a no-op. claim: which worker's round has it, while `lease_until` (real time) runs.
    """

    channel = models.CharField(max_length=5, choices=MailChannel, default=MailChannel.MAIL)
    subscription = models.ForeignKey(PushSubscription, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=200, unique=True)
    address = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5)
    template = models.CharField(max_length=120)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    mission = models.CharField(max_length=24, blank=True, db_index=True)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    message_id = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    unsubscribe = models.TextField(blank=True)
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "next_at"], name="mail_state_next")]

    def __str__(self) -> str:
        return f"{self.template} {self.key}"


class OutboxAttachment(models.Model):
    """A file that goes with a mail, in its order."""

    mail = models.ForeignKey(OutboxMail, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.file.name


class Reminder(Named):
    """One reminder to one person for one occasion. The unique key rule:object:recipient:occurrence makes it one.

    not_before: held until then by the reader's night, weekend or daily mail. expires_at: from then on it is of no use.
    claim: which worker's round has it, while `lease_until` (real time) runs.
    """

    key = models.CharField(max_length=240, unique=True)
    rule = models.CharField(max_length=60, db_index=True)
    object_id = models.CharField(max_length=60)
    address = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5)
    zone = models.CharField(max_length=60)
    occurrence = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    mission = models.CharField(max_length=24, blank=True, db_index=True)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=ReminderState, default=ReminderState.DUE)
    lease_until = models.DateTimeField(null=True)
    mail = models.ForeignKey(OutboxMail, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    by_mail = True  # for the round that tells it: does its reader want a mail, and where it is urgent, to see it in the browser?
    by_push = True

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["state", "due_at"], name="reminder_state_due")]

    def __str__(self) -> str:
        return self.key


class ReminderSetting(Record):
    """What the administrator changed about one reminder rule; a rule without a row is as its app declares it.

    offsets: distances from the rule's anchor, in the rule's unit. expires_hours: of no use so long after it was due; empty: as the
    rule says. is_held: its mails wait in the outbox for somebody's yes.
    """

    rule = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    offsets = models.JSONField(default=list)
    timing = models.CharField(max_length=10, choices=Timing)
    expires_hours = models.PositiveIntegerField(null=True)
    is_held = models.BooleanField(default=False)
    changed_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.rule


class SuppressedAddress(Record):
    """An address to which nothing is sent (in lower case): mail came back for good, or somebody said so."""

    address = models.EmailField(unique=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address


class MailText(Record):
    """The house's own words for one mail in one language; a mail without a row has the words that came with Scrutin."""

    template = models.CharField(max_length=120)
    language = models.CharField(max_length=5, choices=Language)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "language"], name="one_mail_text_per_language")]

    def __str__(self) -> str:
        return f"{self.template} [{self.language}]"


class ReaderChoice(Record):
    """How one address (in lower case) wants reminders: by mail or in the inbox alone, which rules never, duties in the calendar."""

    address = models.EmailField(unique=True)
    by_mail = models.BooleanField(default=True)
    by_calendar = models.BooleanField(default=True)
    muted = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.address


class Heartbeat(models.Model):
    """When a part of the house was last seen alive (real time): `worker`, `scheduler`."""

    part = models.CharField(max_length=20, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
