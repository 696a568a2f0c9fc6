"""The supervisor: all started together, a dead child comes back, a hopeless one stops the whole, nothing stays behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import stack as stack_module
from core.stack import Stack, StackError, free_port, running_redis_url
from tests.infra.helpers import ROOT, answer, bare_environment, processes_of, serve, wait_until

pytestmark = [
    pytest.mark.stack,
    pytest.mark.xdist_group("stack"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="watches processes through /proc"),
]
SLEEPER = ["-c", "import time; time.sleep(600)"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path | None) -> Path:
    """A data folder with everything prepared, to be copied; the schema is that of the run, which was migrated from nothing."""
    var = tmp_path_factory.mktemp("prepared")
    if migrated_file:
        shutil.copy(migrated_file, var / "scrutin.sqlite3")
    result = subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=bare_environment(var), capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return var


@pytest.fixture
def var(migrated: Path, tmp_path: Path) -> Path:
    """A prepared data folder of the test's own."""
    return Path(shutil.copytree(migrated, tmp_path / "var"))


@pytest.fixture
def idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose web, worker and scheduler are sleepers: the supervisor's own work without the application's start."""
    for name in ("gunicorn_arguments", "worker_arguments", "scheduler_arguments"):
        monkeypatch.setattr(stack_module, name, lambda *_: SLEEPER[1:])
    monkeypatch.setattr(stack_module, "_answers_http", lambda url: True)
    monkeypatch.setattr(stack_module.sys, "executable", sys.executable)
    stack = Stack(var=tmp_path, port=free_port(), backoff=0.01)
    original = stack._child

    def child(name: str, command: list[str], *, grace: float):  # type: ignore[no-untyped-def]
        return original(name, command if name == "broker" else [sys.executable, *SLEEPER], grace=grace)

    monkeypatch.setattr(stack, "_child", child)
    return stack


def test_serve_starts_all_restarts_a_killed_child_and_leaves_nothing(var: Path) -> None:
    port = free_port()
    process = serve(var, "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answer(f"{url}/healthz") == 200 or process.poll() is not None, 120, "the web answers")
        assert process.poll() is None, process.stdout and process.stdout.read()
        wait_until(lambda: answer(f"{url}/readyz") == 200, 150, "worker and scheduler were heard of")
        web = next(pid for pid in processes_of(var) if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes() and _is_leader(pid))
        os.killpg(web, signal.SIGKILL)
        wait_until(lambda: answer(f"{url}/healthz") == 0 or web not in processes_of(var), 10, "the killed web is gone")
        wait_until(lambda: answer(f"{url}/healthz") == 200, 60, "the web answers again")
        assert web not in processes_of(var)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, output
    assert "The web ended with code -9; it starts again" in output
    assert "nothing is left running" in output
    assert processes_of(var) == []
    assert not (var / "run" / "stack.json").exists()


def _is_leader(pid: int) -> bool:
    return os.getpgid(pid) == pid


def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        process = serve(tmp_path, "--port", str(port))
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port} is taken by another program; stop it, or choose another: make run PORT={port + 1}." in output
    assert "Traceback" not in output
    assert processes_of(tmp_path) == []


def test_an_unwritable_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    process = serve(tmp_path / "file" / "var", "--port", str(free_port()))
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"{tmp_path / 'file' / 'var'} cannot be" in output
    assert "Set SCRUTIN_VAR to one that can" in output
    assert "Traceback" not in output


def test_two_stacks_in_one_folder_are_refused(idle: Stack) -> None:
    with idle:
        second = Stack(var=idle.var, port=free_port())
        with pytest.raises(StackError, match="already runs from"), second:
            pass
        assert (idle.var / "run" / "stack.json").exists()


def test_other_commands_find_the_broker_while_it_runs(idle: Stack) -> None:
    assert running_redis_url(idle.var) is None
    with idle:
        assert running_redis_url(idle.var) == idle.redis_url
        assert (idle.var / "run" / "stack.json").stat().st_mode & 0o077 == 0
    assert running_redis_url(idle.var) is None


def test_the_broker_keeps_what_it_was_given(tmp_path: Path) -> None:
    from redis import Redis

    for expected in (None, b"kept"):
        stack = Stack(var=tmp_path, port=free_port())
        try:
            stack.claim()
            stack.start_broker()
            broker = Redis.from_url(stack.redis_url)
            assert broker.get("mark") == expected
            broker.set("mark", "kept")
            broker.close()
        finally:
            stack.stop()
    assert list((tmp_path / "broker" / "stack").glob("appendonlydir/*"))


def test_a_stack_on_free_ports_removes_its_broker(tmp_path: Path) -> None:
    stack = Stack.on_free_ports(var=tmp_path, label="demo")
    stack.claim()
    stack.start_broker()
    folder = tmp_path / "broker" / stack.label
    assert folder.is_dir()
    stack.stop()
    assert not folder.exists()


def test_a_child_that_keeps_dying_stops_the_whole_with_its_log(idle: Stack) -> None:
    idle.say = lambda sentence: None
    with idle:
        worker = next(child for child in idle.children if child.name == "worker")
        worker.command = [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"]
        worker.kill_group()
        with pytest.raises(StackError, match=r"(?s)The worker died 6 times within a minute\..*no such table"):
            idle.wait()
    assert idle.children == []


def test_a_restart_kills_what_the_dead_child_left_of_its_group(idle: Stack) -> None:
    idle.say = lambda sentence: None
    start = "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    nest = f"import subprocess, sys; {start}; print(p.pid, flush=True); p.wait()"
    with idle:
        worker = next(child for child in idle.children if child.name == "worker")
        worker.command = [sys.executable, "-c", nest]
        worker.kill_group()
        wait_until(lambda: worker.tail().strip(), 10, "the worker started its own child")
        orphan = int(worker.tail().split()[0])
        os.kill(worker.pid or 0, signal.SIGKILL)
        wait_until(lambda: len(worker.tail().split()) == 2, 10, "the worker was started again")
        wait_until(lambda: not Path(f"/proc/{orphan}").exists() or _is_zombie(orphan), 5, "the orphan is gone")


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_children_end_when_the_supervisor_is_killed(var: Path) -> None:
    process = serve(var, "--port", str(free_port()))
    state = var / "run" / "stack.json"
    try:
        wait_until(lambda: state.exists() and state.read_text() and json.loads(state.read_text())["redis_url"], 120, "the broker is there")
        time.sleep(1)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    wait_until(lambda: processes_of(var) == [], 40, "all children ended by themselves")
