"""The catalogue of the interface's sentences: `extract`, `compile`, `check`. Babel does the work; no gettext tools are needed.

extract: reads every `_()` and `{% trans %}` and brings `locale/<language>/LC_MESSAGES/django.po` up to date; what is new
has an empty translation, what is gone is dropped. compile: makes the `.mo` files. check: fails where a sentence has no
French or German, or where a translation has other placeholders than its source.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ["core", "accounts", "missions", "observers", "field", "reports", "config"]
LANGUAGES = ["fr", "de"]
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|(%[sd])")


def catalogue_path(language: str, ending: str = "po") -> Path:
    """Where the catalogue of a language lies."""
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{ending}"


def sources() -> Iterator[tuple[str, int, str | tuple, str | None]]:
    """Every sentence with its file, line and context."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True, TEMPLATES=[], INSTALLED_APPS=[])
        django.setup()
    from django.utils.translation.template import templatize

    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name or "/client/" in name or path.suffix not in {".py", ".html", ".txt", ".xml"}:
                continue
            text = path.read_text(encoding="utf-8")
            code = text if path.suffix == ".py" else "\n".join(line.lstrip() for line in templatize(text, origin=name).splitlines())
            for line, message, _comments, context in extract("python", BytesIO(code.encode()), KEYWORDS, (), {}):
                yield name, line, message, context


def template() -> Catalog:
    """All sentences, without translations."""
    catalogue = Catalog(project="Scrutin", charset="utf-8")
    for name, _line, message, context in sources():
        catalogue.add(message, locations=[(name, 0)], context=context)
    return catalogue


def read(language: str) -> Catalog:
    """The catalogue of a language, empty where there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Scrutin", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def extract_all() -> None:
    """Bring every catalogue up to date."""
    new = template()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(new, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, sort_output=True, include_lineno=False, omit_header=False)
        empty = sum(1 for message in catalogue if message.id and not _is_translated(message))
        print(f"{language}: {len(catalogue)} sentences, {empty} without a translation")


def compile_all() -> None:
    """Make the `.mo` files that Django reads."""
    for language in LANGUAGES:
        path = catalogue_path(language, "mo")
        if catalogue_path(language).exists():
            with path.open("wb") as file:
                write_mo(file, read(language))


def problems() -> list[str]:
    """What is wrong with the catalogues, a line each."""
    wanted = {(message.id, message.context) for message in template() if message.id}
    found = []
    for language in LANGUAGES:
        catalogue = read(language)
        there = {(message.id, message.context): message for message in catalogue if message.id}
        for key in sorted(wanted - set(there), key=str):
            found.append(f"{language}: not in the catalogue: {key[0]!r} (run `make messages`)")
        for key, message in there.items():
            if key in wanted and not _is_translated(message):
                found.append(f"{language}: no translation: {key[0]!r}")
            elif key in wanted and not _same_placeholders(message):
                found.append(f"{language}: other placeholders than the source: {key[0]!r}")
    return found


def _forms(message: Message) -> tuple[list[str], list[str]]:
    sources_ = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
    targets = [text or "" for text in (message.string if isinstance(message.string, tuple | list) else [message.string])]
    return sources_, targets


def _is_translated(message: Message) -> bool:
    return all(_forms(message)[1])


def _same_placeholders(message: Message) -> bool:
    given, made = _forms(message)
    allowed = {match.group() for text in given for match in PLACEHOLDER.finditer(text)}
    needed = {match.group() for match in PLACEHOLDER.finditer(given[-1])}
    return all({m.group() for m in PLACEHOLDER.finditer(text)} <= allowed for text in made) and all(
        needed <= {m.group() for m in PLACEHOLDER.finditer(text)} for text in made[-1:]
    )


def main(act: str) -> int:
    """Do what was asked; the exit code."""
    if act == "extract":
        extract_all()
    elif act == "compile":
        compile_all()
    elif act == "check":
        found = problems()
        print("\n".join(found[:40]) or "The catalogues are whole.")
        if len(found) > 40:
            print(f"… and {len(found) - 40} more")
        return 1 if found else 0
    else:
        print("usage: messages.py extract | compile | check")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
