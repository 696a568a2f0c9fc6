"""The words of the mails: those that came with Scrutin (English, French, German), and the house's own, edited per language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import Node, TextNode, VariableNode
from django.template.defaulttags import IfNode, TemplateLiteral
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.enums import Language
from core.errors import Invalid
from core.models import MailText
from core.rights import authorize

ALWAYS = {"name", "site_url"}
FRAMES = {"core/mail/digest"}  # a list, not a letter: its lines are the subjects of others
NUMBER = 987654
_engine = Engine(autoescape=False)
_loaded: ContextVar[dict[tuple[str, str], MailText] | None] = ContextVar("mail_texts", default=None)


@cache
def names() -> list[str]:
    """Every mail that can be edited, as `<app>/mail/<name>`."""
    folders = [Path(config.path, "templates", config.label, "mail") for config in apps.get_app_configs()]
    found = [f"{folder.parent.name}/mail/{path.name.removesuffix('.body.txt')}" for folder in folders for path in folder.glob("*.body.txt")]
    return sorted(set(found) - FRAMES)


@cache
def variables_of(template: str) -> frozenset[str]:
    """What a mail's text may name: what its own default text names, the reader's name and the address of this site."""
    source = _source(template, "subject") + _source(template, "body")
    found = set(re.findall(r"\{\{\s*(\w+)", source)) | set(re.findall(r"\{%\s*if\s+(\w+)", source)) | set(_counted(template))
    return frozenset(found - _aliases(template)) | ALWAYS


def needed_of(template: str) -> frozenset[str]:
    """What its body cannot do without: the address that the reader is to open."""
    return frozenset({"url"}) & variables_of(template)


def own_text(template: str, language: str) -> MailText | None:
    """The house's own words, or None where the default's are used."""
    loaded = _loaded.get()
    if loaded is not None:
        return loaded.get((template, language))
    return MailText.objects.filter(template=template, language=language).first()


@contextmanager
def loaded() -> Iterator[None]:
    """Read all own words once, for the writing of many mails."""
    token = _loaded.set({(row.template, row.language): row for row in MailText.objects.all()})
    try:
        yield
    finally:
        _loaded.reset(token)


def default_text(template: str, language: str) -> tuple[str, str]:
    """Subject and body as they came, with `{{ variable }}` where the mail says something of its own."""
    values: dict[str, Any] = {name: f"{{{{ {name} }}}}" for name in variables_of(template)}
    values |= dict.fromkeys(_counted(template), NUMBER)
    with translation.override(language):
        subject, body = (get_template(f"{template}.{part}.txt").template for part in ("subject", "body"))  # type: ignore[attr-defined]
        texts = [part.render(Context(values, autoescape=False)) for part in (subject, body)]
    for name in _counted(template):
        texts = [re.sub(r"987\D?654", f"{{{{ {name} }}}}", text) for text in texts]
    return " ".join(texts[0].split()), re.sub(r"\n{3,}", "\n\n", texts[1]).strip() + "\n"


def filled(subject: str, body: str, values: dict[str, Any]) -> tuple[str, str]:
    """Own words with their values: subject on one line, body. Plain text: nothing is escaped."""
    texts = [Template(text, engine=_engine).render(Context(values, autoescape=False)) for text in (subject, body)]
    return " ".join(texts[0].split()), texts[1].strip() + "\n"


def preview(template: str, subject: str, body: str) -> tuple[str, str]:
    """As a reader would see it, with what the mail says of its own in brackets. Raises Invalid like saving."""
    check(template, subject, body)
    return filled(subject, body, {name: f"[{name}]" for name in variables_of(template)})


def check(template: str, subject: str, body: str) -> None:
    """Raise Invalid for a text that could not be sent: an unknown variable, a tag other than if, a missing address."""
    for attr, text in (("subject", subject), ("body", body)):
        if not text.strip():
            raise Invalid(_("Write something here."), code="mail_text_empty", attr=attr)
        try:
            nodes = Template(text, engine=_engine).nodelist
        except TemplateSyntaxError as error:
            raise Invalid(_("The text cannot be read: %(why)s.") % {"why": error}, code="mail_text_syntax", attr=attr) from error
        for node in nodes:
            _check_node(template, node, attr)
    for name in sorted(needed_of(template)):
        if not re.search(r"\{\{\s*" + name + r"\s*\}\}", body):
            sentence = _("The text must contain {{ %(name)s }}: without it nobody can do what the mail asks for.")
            raise Invalid(sentence % {"name": name}, code="mail_text_needs", attr="body")


@transaction.atomic
def save_text(template: str, language: str, *, subject: str, body: str, by: Actor) -> MailText:
    """Use these words from the next mail on; mails in the outbox stay as they are. Raises Invalid as `check` does."""
    authorize(by, "core.change_mail_texts")
    if template not in names() or language not in Language.values:
        raise Invalid(_("There is no such mail."), code="mail_text_unknown")
    check(template, subject, body)
    values = {
        "subject": subject.strip(),
        "body": body.replace("\r\n", "\n").strip() + "\n",
        "changed_by": str(by),
        "updated_at": clock.now(),
    }
    row, _created = MailText.objects.update_or_create(template=template, language=language, defaults=values)
    audit.record(by, "mail.text_changed", row, fields=["subject", "body"], data={"template": template, "language": language})
    return row


@transaction.atomic
def reset_text(template: str, language: str, *, by: Actor) -> None:
    """Use the words that came with Scrutin again. Safe to repeat."""
    authorize(by, "core.change_mail_texts")
    row = MailText.objects.filter(template=template, language=language).first()
    if row is not None:
        audit.record(by, "mail.text_reset", row, data={"template": template, "language": language})
        row.delete()


def _check_node(template: str, node: Node, attr: str) -> None:
    known = variables_of(template)
    if isinstance(node, TextNode):
        return
    if isinstance(node, VariableNode):
        expression = node.filter_expression
        word = str(expression.token)
        if expression.filters or word not in known:
            sentence = _("“%(word)s” is none of the variables of this mail: %(known)s.")
            raise Invalid(sentence % {"word": word, "known": ", ".join(sorted(known))}, code="mail_text_variable", attr=attr)
        return
    if isinstance(node, IfNode):
        for condition, nodes in node.conditions_nodelists:
            word = str(getattr(condition.value, "token", "")) if isinstance(condition, TemplateLiteral) else ""
            if condition is not None and word not in known:
                sentence = _("After “if” stands one of the variables of this mail: %(known)s.")
                raise Invalid(sentence % {"known": ", ".join(sorted(known))}, code="mail_text_variable", attr=attr)
            for inner in nodes:
                _check_node(template, inner, attr)
        return
    sentence = _("Only {{ variables }} and {% if variable %} … {% endif %} may stand in a mail's text.")
    raise Invalid(sentence, code="mail_text_tag", attr=attr)


def _source(template: str, part: str) -> str:
    return get_template(f"{template}.{part}.txt").template.source  # type: ignore[attr-defined]


def _counted(template: str) -> list[str]:
    """Variables that choose between one and many: they must be numbers."""
    source = _source(template, "subject") + _source(template, "body")
    return sorted({match[1] for match in re.findall(r"\bcount (\w+)=(\w+)", source)})


def _aliases(template: str) -> set[str]:
    """Names that a default text gives to something else."""
    source = _source(template, "subject") + _source(template, "body")
    return {match[0] for match in re.findall(r"\bcount (\w+)=(\w+)", source) if match[0] != match[1]}
