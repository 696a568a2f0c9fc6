"""Files are judged by their bytes, stored once, and served only to those for whom an app vouches."""

from __future__ import annotations

import pytest

from core import files
from core.actors import SYSTEM
from core.errors import Invalid
from core.models import StoredFile

pytestmark = pytest.mark.django_db
A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"


def test_same_bytes_lie_once():
    first = files.store_file(A_PDF, name="a.pdf", by=SYSTEM)
    second = files.store_file(A_PDF, name="b.pdf", by=SYSTEM)
    assert first.path == second.path
    assert (first.mime, second.read()) == (files.PDF, A_PDF)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00" + b"\x00" * 60, "file_type"),
        (b"<html><script>alert(1)</script></html>", "file_type"),
        (A_PDF * 40, "file_too_large"),
    ],
)
def test_refused_with_a_sentence_that_names_the_file(content, code):
    with pytest.raises(Invalid) as refusal:
        files.store_file(content, name="letter.pdf", by=SYSTEM, allow={files.PDF}, max_bytes=1000)
    assert refusal.value.code == code
    assert "letter.pdf" in refusal.value.sentence
    assert not StoredFile.objects.exists()


def test_path_in_a_name_is_dropped():
    assert files.store_file(A_PDF, name="..\\..\\etc/passwd.pdf", by=SYSTEM).name == "passwd.pdf"


def test_file_is_served_only_where_an_app_vouches(monkeypatch, coordinator, client_for):
    row = files.store_file(A_PDF, name="brief № 1.pdf", by=SYSTEM)
    monkeypatch.setattr(files, "_readers", [lambda user, file: None])
    url = f"/files/{row.uuid}/x.pdf"
    assert client_for(coordinator).get(url).status_code == 404
    monkeypatch.setattr(files, "_readers", [lambda user, file: user == coordinator])
    assert client_for(None).get(url).status_code == 404
    answer = client_for(coordinator).get(url)
    assert b"".join(answer.streaming_content) == A_PDF
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "allow", "words"),
    [
        (b"MZ\x90\x00" + b"\x00" * 60, {files.PDF}, "not a PDF"),
        (b"Hello, this is a letter.", {files.PDF}, "not a PDF but a plain text"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, {files.PDF, files.DOCX}, "not a PDF or a Word document (DOCX) but a PNG picture"),
    ],
)
def test_a_refusal_speaks_in_plain_words(content, allow, words):
    with pytest.raises(Invalid) as refusal:
        files.store_file(content, name="letter.pdf", by=SYSTEM, allow=allow)
    assert words in refusal.value.sentence
    assert "application/" not in refusal.value.sentence
    assert "image/" not in refusal.value.sentence


@pytest.mark.parametrize("kind", [files.PDF, files.DOCX, files.XLSX, "image/jpeg", "image/webp", "text/html", "video/mp4"])
def test_a_kind_of_file_has_a_name_among_people(kind):
    assert files.in_words(kind)
    assert "/" not in files.in_words(kind)
