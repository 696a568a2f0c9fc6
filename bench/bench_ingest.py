"""The OpenRosa door under load: real HTTP, eight clients, one form per request (DESIGN 8).

    DATABASE_URL=postgresql://… .venv/bin/python -m bench.bench_ingest [--forms 2000] [--clients 8] [--workers 2]

Starts gunicorn on a free port over the database given by the environment, fills it with the benchmark's mission,
posts, and prints rate, p95 and how many were stored. Not part of `make bench`: it needs PostgreSQL and a quiet machine.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def body_of(xml: str) -> tuple[bytes, str]:
    """Multipart as ODK clients send it."""
    edge = "scrutin-bench-edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="s.xml"\r\nContent-Type: text/xml\r\n\r\n'
    return f"{head}{xml}\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def client(port: int, path: str, headers: dict[str, str], bodies: list[tuple[bytes, str]], took: list[float], bad: list[int]) -> None:
    """One client with a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body, kind in bodies:
        start = time.perf_counter()
        connection.request("POST", path, body, headers | {"Content-Type": kind})
        response = connection.getresponse()
        response.read()
        took.append(time.perf_counter() - start)
        if response.status != 201:
            bad.append(response.status)


def wait_for(port: int) -> None:
    """Until the server answers."""
    for _try in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


def processor_of(master: int) -> float:
    """Seconds of processor time that the web's processes have used. Linux."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children]
    return sum(int(row[11]) + int(row[12]) for row in fields) / os.sysconf("SC_CLK_TCK")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Start, post, count, stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from knox.models import get_token_model

    call_command("migrate", verbosity=0)
    from bench.bench_field import instance
    from bench.world import device, mission
    from field.models import Device, Observation

    phone = device()
    row, token = get_token_model().objects.create(user=phone.user, expiry=None)
    Device.objects.create(user=phone.user, person=phone.person, digest=row.digest, name="Bench")
    bodies = [body_of(instance()[1]) for _number in range(options.forms)]
    before = Observation.objects.count()
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(options.workers)]
    server = subprocess.Popen([*command, "--threads", "4", "--no-control-socket", "--log-level", "error"], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        headers = {"Authorization": "Basic " + base64.b64encode(f"x:{token}".encode()).decode(), "X-OpenRosa-Version": "1.0"}
        path = f"/openrosa/{mission().reference}/submission"
        client(port, path, headers, bodies[:20], [], [])  # every worker has compiled the form before the clock runs
        took: list[float] = []
        bad: list[int] = []
        rest = bodies[20:]
        threads = [
            threading.Thread(target=client, args=(port, path, headers, rest[n :: options.clients], took, bad))
            for n in range(options.clients)
        ]
        start, used = time.perf_counter(), processor_of(server.pid)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, used = time.perf_counter() - start, processor_of(server.pid) - used
    finally:
        server.terminate()
        server.wait(timeout=20)
    took.sort()
    return {
        "forms": len(took),
        "rate": round(len(took) / seconds),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
        "processor_ms": round(used * 1000 / len(took), 2),  # of the web's processes, for each form
        "refused": len(bad),
        "stored": Observation.objects.count() - before,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--forms", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    print(json.dumps(run(parser.parse_args())))
