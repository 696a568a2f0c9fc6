"""Two rows that are one person: look what a merge would do, merge, take it back.

Every table that refers to a person follows, whichever app it belongs to. The row that goes stays as a name that leads to the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Gender
from accounts.merging import missing_for_merge
from accounts.models import Person, PersonMerge, User
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, Missing, NotNow
from core.rights import authorize

audit.register_code("accounts.people_merged", gettext_lazy("Merged another row of the same person into this one."))
audit.register_code("accounts.people_parted", gettext_lazy("Took a merge of two persons back."))

TAKEN = ("other_name", "email", "phone", "languages", "language_levels")
"""What the one that stays takes over where it says nothing itself; gender as well where it was not stated."""


@dataclass
class MergePreview:
    """What a merge would do: rows that follow, rows that stay behind, fields taken over, and what stands in the way."""

    moving: list[tuple[str, int]] = field(default_factory=list)
    staying: list[tuple[str, int]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    closes: str = ""
    missing: list[Missing] = field(default_factory=list)


class _LookOnly(Exception):
    """Rolls a merge back that was only looked at."""


@transaction.atomic
def merge_people(kept: Person, merged: Person, *, by: Actor) -> PersonMerge:
    """Make one of two. A row that would stand twice (two answers about one mission) stays behind; the one of `kept` counts.

    Where both have an account, that of `merged` is closed. Raises Invalid for one and the same, NotNow for one that was merged already
    or where something stands in the way, all told at once.
    """
    authorize(by, "accounts.change_people")
    kept, merged = _both(kept, merged)
    missing = [*_accounts_in_the_way(merged), *missing_for_merge(kept, merged)]
    if missing:
        raise NotNow(_("These two cannot be merged yet."), code="merge_refused", missing=missing)
    trace = _merge(kept, merged, by=by)
    audit.record(by, "accounts.people_merged", kept, data={"merged": str(merged.uuid)})
    return trace


def preview_people(kept: Person, merged: Person, *, by: Actor) -> MergePreview:
    """What `merge_people` would do; nothing is written."""
    authorize(by, "accounts.change_people")
    preview = MergePreview(missing=[*_accounts_in_the_way(merged), *missing_for_merge(kept, merged)])
    try:
        with transaction.atomic():
            moved = _merge(*_both(kept, merged), by=by).moved
            raise _LookOnly
    except _LookOnly:
        pass
    for entry in moved["rows"]:
        name = str(apps.get_model(entry["model"])._meta.verbose_name)
        if entry["moved"]:
            preview.moving.append((name, len(entry["moved"])))
        if entry["stayed"]:
            preview.staying.append((name, entry["stayed"]))
    preview.fields = [str(getattr(Person._meta.get_field(name), "verbose_name", name)) for name in moved["fields"]]
    preview.closes = moved["closed_email"]
    return preview


@transaction.atomic
def part_people(trace: PersonMerge, *, by: Actor) -> Person:
    """Take a merge back: what it moved goes back where it still is, what came later stays. Returns the one that is back. Twice is once.

    Raises NotNow where one of the two was merged again since: the later merge is taken back first.
    """
    authorize(by, "accounts.change_people")
    trace = PersonMerge.objects.select_for_update(of=("self",)).select_related("kept", "merged").get(pk=trace.pk)
    kept, merged = trace.kept, trace.merged
    if trace.undone_at is not None:
        return merged
    later = PersonMerge.objects.filter(Q(kept=kept) | Q(merged=kept), undone_at=None, pk__gt=trace.pk).select_related("merged").first()
    if later is not None:
        sentence = _("“%(name)s” was merged again since: take that merge back first.")
        raise NotNow(sentence % {"name": later.merged.name}, code="merged_again")
    moved = trace.moved
    for entry in moved["rows"]:
        model, name = apps.get_model(entry["model"]), entry["field"]
        model._base_manager.filter(pk__in=entry["moved"], **{name: kept}).update(**{name: merged})
    given_back = [name for name, (_before, after) in moved["fields"].items() if getattr(kept, name) == after]
    for name in given_back:
        setattr(kept, name, moved["fields"][name][0])
    kept.save_changes(*given_back)
    if moved["closed"]:
        User.objects.filter(uuid=moved["closed"]).update(is_active=True)
    merged.merged_into = None
    merged.email = moved["email"]
    merged.save_changes("merged_into", "email")
    trace.undone_at = clock.now()
    trace.save_changes("undone_at")
    audit.record(by, "accounts.people_parted", kept, data={"merged": str(merged.uuid)})
    return merged


def likely_twins(person: Person) -> models.QuerySet[Person]:
    """Others whose names hold the same words, in any script."""
    return Person.objects.standing().named(person.name).exclude(pk=person.pk)


def relations() -> Iterator[tuple[type[models.Model], str, bool]]:
    """Every table that refers to a person: model, name of the field, and whether a person has one row only."""
    for relation in Person._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if relation.auto_created and not relation.concrete and model is not PersonMerge:
            yield model, relation.field.name, bool(relation.one_to_one)  # type: ignore[union-attr]


def _both(kept: Person, merged: Person) -> tuple[Person, Person]:
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, merged.pk]).in_bulk()
    if len(rows) != 2:
        raise Invalid(_("Choose another person: nobody is merged with themselves."), code="merge_with_itself", attr="other")
    for row in rows.values():
        if row.merged_into_id:
            raise NotNow(_("“%(name)s” was merged into another person already.") % {"name": row.name}, code="merged_away")
    return rows[kept.pk], rows[merged.pk]


def _accounts_in_the_way(merged: Person) -> list[Missing]:
    user = User.objects.filter(person=merged).first()
    if user is None or not user.roles:
        return []
    sentence = _("The account %(email)s holds roles: keep this person, or take the roles away first.") % {"email": user.email}
    return [Missing("account_with_roles", sentence)]


def _merge(kept: Person, merged: Person, *, by: Actor) -> PersonMerge:
    moved: dict[str, Any] = {"email": merged.email, "closed": "", "closed_email": "", "rows": []}
    user = User.objects.filter(person=merged).first()
    if user is not None and User.objects.filter(person=kept).exists() and user.is_active:
        user.is_active = False
        user.save_changes("is_active")
        moved |= {"closed": str(user.uuid), "closed_email": user.email}
    for model, name, is_single in relations():
        entry = _move_rows(model, name, kept, merged, is_single=is_single)
        if entry["moved"] or entry["stayed"]:
            moved["rows"].append(entry)
    moved["fields"] = _take_over(kept, merged)
    merged.merged_into = kept
    merged.save_changes("merged_into")
    return PersonMerge.objects.create(kept=kept, merged=merged, merged_at=clock.now(), merged_by=str(by), moved=moved)


def _move_rows(model: type[models.Model], name: str, kept: Person, merged: Person, *, is_single: bool) -> dict[str, Any]:
    """Point the rows of one table to `kept`: all at once where the table takes them, else one by one."""
    rows = model._base_manager.filter(**{name: merged})
    keys = list(rows.values_list("pk", flat=True))
    done = keys
    if is_single and model._base_manager.filter(**{name: kept}).exists():
        done = []
    elif keys:
        try:
            with transaction.atomic():
                rows.update(**{name: kept})
        except IntegrityError:
            done = [key for key in keys if _moves(model, name, key, kept)]
    return {"model": model._meta.label, "field": name, "moved": done, "stayed": len(keys) - len(done)}


def _moves(model: type[models.Model], name: str, key: Any, kept: Person) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=key).update(**{name: kept})
    except IntegrityError:
        return False
    return True


def _take_over(kept: Person, merged: Person) -> dict[str, Any]:
    """Fill what `kept` says nothing about; returns before and after by field."""
    changed: dict[str, Any] = {}
    for name in TAKEN:
        if not getattr(kept, name) and getattr(merged, name):
            changed[name] = (getattr(kept, name), getattr(merged, name))
    if kept.gender == Gender.NOT_STATED and merged.gender != Gender.NOT_STATED:
        changed["gender"] = (kept.gender, merged.gender)
    if "email" in changed:  # an address belongs to one person
        merged.email = ""
        merged.save_changes("email")
    for name, (_before, after) in changed.items():
        setattr(kept, name, after)
    kept.save_changes(*changed)
    return changed
