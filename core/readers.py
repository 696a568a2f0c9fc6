"""How a reader wants reminders: by mail or in the inbox alone, and which kinds never by mail. Duties go by mail in any case."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.enums import ReminderState, Timing
from core.errors import Invalid, NotNow
from core.models import ReaderChoice, Reminder
from core.reminder_rules import ReminderRule, RuleState, states

ALL = "*"
SALT = "scrutin.reminders.unsubscribe"


def choices_of(addresses: Collection[str]) -> dict[str, ReaderChoice]:
    """What these readers chose, by address in lower case; who chose nothing is not in it."""
    wanted = {address.lower() for address in addresses}
    return {row.address: row for row in ReaderChoice.objects.filter(address__in=wanted)}


def wants_mail(choice: ReaderChoice | None, rule: ReminderRule) -> bool:
    """Does this reader get a mail for this rule? Duties and what is urgent are nobody's choice."""
    if choice is None or rule.is_duty:
        return True
    return choice.by_mail and rule.code not in choice.muted


def wants_push(choice: ReaderChoice | None, state: RuleState) -> bool:
    """May this be shown in the browsers that its reader named? Only what is urgent, and no kind that the reader does not want."""
    return state.timing == Timing.AT_ONCE and (choice is None or state.rule.is_duty or state.rule.code not in choice.muted)


def free_rules() -> list[ReminderRule]:
    """Rules from which one can unsubscribe."""
    return [state.rule for state in states().values() if not state.rule.is_duty]


@transaction.atomic
def choose(address: str, *, by_mail: bool, muted: Collection[str], by_calendar: bool = True) -> ReaderChoice:
    """Keep what a reader chose for their own address. Raises Invalid for a rule that is a duty, or none."""
    known = {rule.code for rule in free_rules()}
    for code in muted:
        if code not in known:
            raise Invalid(_("“%(code)s” is no reminder that can be switched off.") % {"code": code}, code="rule", attr="muted")
    values = {"by_mail": by_mail, "by_calendar": by_calendar, "muted": sorted(set(muted)), "updated_at": clock.now()}
    return ReaderChoice.objects.update_or_create(address=address.lower(), defaults=values)[0]


def unsubscribe_url(address: str, rule: ReminderRule | None = None) -> str:
    """Where this reader ends the mails of this rule without signing in (without a rule: of all); empty for a duty."""
    if rule is not None and rule.is_duty:
        return ""
    return settings.SCRUTIN_URL + _door().replace("TOKEN", token_for(address, rule.code if rule else ALL))


@cache
def _door() -> str:
    """The path, looked up once: a sweep writes a hundred thousand of them."""
    return reverse("core:unsubscribe", args=["TOKEN"])


def token_for(address: str, code: str = ALL) -> str:
    """What an unsubscribe address ends in: signed, so that nobody ends the mails of others."""
    return signing.dumps([address.lower(), code], salt=SALT)


def read_token(token: str) -> tuple[str, ReminderRule | None]:
    """The address and the rule (None: all that are no duty) of an unsubscribe address. Raises NotNow for one that is not ours."""
    try:
        address, code = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotNow(_("This address is not whole: copy all of it from the mail."), code="unsubscribe") from error
    if code == ALL:
        return address, None
    rule = next((rule for rule in free_rules() if rule.code == code), None)
    if rule is None:
        raise NotNow(_("There are no mails of this kind any more, or they are a duty."), code="unsubscribe")
    return address, rule


@transaction.atomic
def unsubscribe(token: str) -> None:
    """No more mail of this rule to this reader; it stays in the inbox. Safe to repeat."""
    address, rule = read_token(token)
    row, _created = ReaderChoice.objects.select_for_update().get_or_create(address=address)
    if rule is None:
        row.by_mail = False
    elif rule.code not in row.muted:
        row.muted = sorted([*row.muted, rule.code])
    row.save_changes("muted", "by_mail")


def inbox_of(addresses: Collection[str]) -> QuerySet[Reminder]:
    """Reminders told to these addresses, newest first, with their words."""
    rows = Reminder.objects.filter(address__in={address.lower() for address in addresses} | set(addresses), state=ReminderState.SENT)
    return rows.select_related("mail").order_by("-settled_at", "-id")


def mark_read(rows: QuerySet[Reminder]) -> int:
    """Note that they were read. Returns how many were new. Safe to repeat."""
    return Reminder.objects.filter(pk__in=rows.filter(read_at=None).values("pk")).update(read_at=clock.now())
