"""Web pages and data."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from core.documents import html_body
from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from tests.core.documents.samples import every_block, hostile_content

Make = Callable[..., Snapshot]
VOID = {"meta", "img", "br", "link", "hr", "input"}


class Checker(HTMLParser):
    """Tags that close, ids that are unique, references that lead somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute twice: {attrs}"
        self.seen.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("href", "aria-labelledby"):
            value = str(given.get(name) or "")
            if name != "href" or value.startswith("#"):
                self.targets.extend(value.lstrip("#").split())

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> does not close what is open"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def checked(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert set(checker.targets) <= set(checker.ids)
    return checker


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_page_is_whole_and_says_its_language(snapshot: Make, language: str) -> None:
    page = checked(render_content(snapshot(every_block(language, draft=True, unchecked=True)), "html").decode())
    assert ("html", {"lang": language}) in page.seen
    levels = [int(tag[1]) for tag, _ in page.seen if tag in {"h1", "h2", "h3", "h4", "h5"}]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(attributes.get("alt") for tag, attributes in page.seen if tag == "img")
    assert all(attributes.get("scope") for tag, attributes in page.seen if tag == "th")
    assert not [tag for tag, attributes in page.seen if tag == "script" or any(name.startswith("on") for name in attributes)]


def test_nothing_is_loaded_from_elsewhere(snapshot: Make) -> None:
    page = checked(render_content(snapshot(every_block()), "html").decode())
    assert all(str(attributes["src"]).startswith("data:image/") for tag, attributes in page.seen if "src" in attributes)
    assert not [tag for tag, _ in page.seen if tag in {"link", "script", "iframe"}]


def test_the_body_alone_fits_into_another_page() -> None:
    body = html_body(prepare(every_block("fr")))
    checked(body)
    assert body.startswith('<article class="doc" lang="fr">') and "style=" not in body


@pytest.mark.parametrize("layout", ["report", "note"])
def test_hostile_text_stays_text(snapshot: Make, layout: str) -> None:
    page = checked(render_content(snapshot(hostile_content(layout)), "html").decode())
    assert not [tag for tag, _ in page.seen if tag in {"script", "d"}]
    assert not [value for _, attributes in page.seen for value in attributes.values() if "javascript:" in str(value)]
    text = "".join(page.words)
    assert "<script>alert('x')</script>" in text and "{{ settings.SECRET_KEY }}" in text and "{% load x %}" in text


def test_both_are_the_same_twice(snapshot: Make) -> None:
    for format in ("html", "json"):
        assert render_content(snapshot(every_block()), format) == render_content(snapshot(every_block()), format)


def test_the_data_says_its_shape_and_holds_the_content(snapshot: Make) -> None:
    data = json.loads(render_content(snapshot(every_block("de")), "json"))
    assert data["schema"] == "scrutin.document/1" and data["content"]["schema"] == "scrutin.content/1"
    assert (data["language"], data["kind"], data["frozen_at"]) == ("de", "tests.sample", "2026-03-25T10:30:00+00:00")
    assert data["content"] == prepare(every_block("de"))
