"""The commands: what they refuse, and the whole main job against a stack of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import psycopg
import pytest
from django.core.management import CommandError, call_command
from icalendar import Calendar
from psycopg.sql import SQL, Identifier

from accounts.models import User
from config.demo.staff import PASSWORD, make_expert, make_staff, open_desk, sign_ins
from tests.schema import WORKER, Schema, template_name

ROOT = Path(__file__).resolve().parent.parent.parent


def test_it_says_that_the_clock_may_not_be_moved(settings, monkeypatch) -> None:
    settings.SCRUTIN_DEMO = False
    monkeypatch.setenv("SCRUTIN_URL", "http://127.0.0.1:1")
    with pytest.raises(CommandError, match="SCRUTIN_DEMO=1"):
        call_command("demo", "--to", "closed")


def test_it_names_the_states_that_can_be_reached(settings, monkeypatch) -> None:
    settings.SCRUTIN_DEMO = True
    monkeypatch.setenv("SCRUTIN_URL", "http://127.0.0.1:1")
    with pytest.raises(CommandError, match="invited, before_bureau"):
        call_command("demo", "--to", "paradise")


@pytest.mark.parametrize("command", ["load_demonstration", "sign_ins"])
def test_nothing_of_it_works_outside_a_demonstration(settings, command: str) -> None:
    settings.SCRUTIN_DEMO = False
    with pytest.raises(CommandError, match="SCRUTIN_DEMO=1"):
        call_command(command)


def test_accounts_with_a_known_password_are_made_only_in_a_demonstration(db, settings) -> None:
    settings.SCRUTIN_DEMO = False
    with pytest.raises(RuntimeError, match="SCRUTIN_DEMO=1"):
        make_staff()
    assert not User.objects.exists()
    assert sign_ins() == []


def test_one_sign_in_for_each_role(db, settings) -> None:
    settings.SCRUTIN_DEMO = True
    staff = make_staff()
    assert make_staff().keys() == staff.keys()
    assert {row.role for row in sign_ins()} == {"coordinator", "publisher", "auditor", "administrator"}
    for role, actor in staff.items():
        user = User.objects.get(email=f"{role}@example.org")
        assert user == actor.user
        assert user.roles == {role}
        assert user.check_password(PASSWORD)
    open_desk(make_expert())
    out = StringIO()
    call_command("sign_ins", stdout=out)
    assert f"coordinator@example.org      {PASSWORD}" in out.getvalue()


@pytest.fixture(scope="module")
def own_database(tmp_path_factory: pytest.TempPathFactory, kept_schema: Schema, django_db_setup: None) -> Iterator[str]:
    """A database of its own with the run's schema, of the kind the suite runs on: real processes do not see the suite's test database."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith(("postgres://", "postgresql://")):
        file = tmp_path_factory.mktemp("database") / "demo.sqlite3"
        if kept_schema.file.exists():
            shutil.copy(kept_schema.file, file)
        yield f"sqlite:///{file}"
        return
    name = f"scrutin_demo_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        like = SQL(" TEMPLATE {}").format(Identifier(template_name())) if WORKER and kept_schema.stamp.exists() else SQL("")
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)) + like)
        yield urlsplit(given)._replace(path=f"/{name}").geturl()
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="module")
def whole_job(tmp_path_factory: pytest.TempPathFactory, own_database: str) -> tuple[str, Path]:
    """`manage.py demo --to closed --out DIR` with web, worker and broker of its own."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if name not in {"SCRUTIN_URL", "REDIS_URL", "PYTEST_CURRENT_TEST"}}
    environment |= {"SCRUTIN_VAR": str(folder / "var"), "DATABASE_URL": own_database}
    command = [sys.executable, "manage.py", "demo", "--to", "closed", "--out", str(folder / "out")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, folder / "out"


@pytest.mark.stack
@pytest.mark.fault
@pytest.mark.timeout(700)
@pytest.mark.xdist_group("whole_job")  # one worker: it is run once
class TestWholeJob:
    """The main job, once, against real processes."""

    def test_the_last_line_is_the_reference(self, whole_job: tuple[str, Path]) -> None:
        assert re.fullmatch(r"mission BG-\d{4}-1", whole_job[0].strip().splitlines()[-1])

    def test_no_guard_was_passed_over(self, whole_job: tuple[str, Path]) -> None:
        said, out = whole_job
        assert "refused: R11" in said
        assert "refused: clash" in said
        summary = json.loads((out / "summary.json").read_text())
        assert summary["state"] == "closed"
        assert {line["step"].split()[0] for line in summary["steps"]} >= {str(number) for number in range(1, 11)}

    @pytest.mark.parametrize("language", ["en", "fr", "de"])
    def test_the_report_is_there_in_four_formats(self, whole_job: tuple[str, Path], language: str) -> None:
        folder = whole_job[1] / "report"
        with pikepdf.open(folder / f"report-{language}.pdf") as pdf:
            assert len(pdf.pages) > 8
            assert str(pdf.Root.Lang).startswith(language)
            assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        assert (folder / f"report-{language}.docx").read_bytes().startswith(b"PK")
        assert "<table" in (folder / f"report-{language}.html").read_text()
        data = json.loads((folder / f"report-{language}.json").read_text())
        assert data["language"] == language

    def test_one_snapshot_says_the_same_in_every_language(self, whole_job: tuple[str, Path]) -> None:
        numbers = {json.loads((whole_job[1] / "report" / f"report-{code}.json").read_text())["reference"] for code in ("en", "fr", "de")}
        assert len(numbers) == 1
        assert re.fullmatch(r"CPL\(\d{4}\)99-\d\d", numbers.pop())

    def test_the_calendar_has_every_meeting_and_its_zone(self, whole_job: tuple[str, Path]) -> None:
        calendar = Calendar.from_ical((whole_job[1] / "programme" / "programme.ics").read_bytes())
        assert len(calendar.walk("VEVENT")) == 10
        assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Sofia"]

    def test_figures_have_n_and_denominator(self, whole_job: tuple[str, Path]) -> None:
        figures = json.loads((whole_job[1] / "polling-day" / "figures.json").read_text())
        assert figures["forms"] >= 80
        assert all(item["n"] <= item["denominator"] for item in figures["items"])

    def test_every_mail_is_written_down_and_no_reminder_twice(self, whole_job: tuple[str, Path]) -> None:
        mails = [message_from_bytes(path.read_bytes()) for path in sorted((whole_job[1] / "mails").glob("*.eml"))]
        assert len(mails) > 30
        ids = [mail["Message-ID"] for mail in mails]
        assert len(set(ids)) == len(ids)
        languages = {mail["Content-Language"] for mail in mails}
        assert languages >= {"en", "fr"}

    def test_pictures_and_letter_went_the_whole_way(self, whole_job: tuple[str, Path]) -> None:
        with pikepdf.open(whole_job[1] / "request" / "invitation.pdf") as pdf:
            assert len(pdf.pages) == 1
        with pikepdf.open(whole_job[1] / "request" / "bureau-note.pdf") as pdf:
            assert len(pdf.pages) >= 1
