"""The browser of the tests: an installed Chromium, else Debian's headless shell, else the build on npm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

INSTALLED = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
HERE = Path(__file__).parent
PRINT_PATH = "import('@sparticuz/chromium').then((m) => m.default.executablePath()).then(console.log)"


class NoBrowser(Exception):
    """No Chromium is installed and none could be; the text says what was tried."""


def find() -> Path | None:
    """The browser that is there already."""
    if named := os.environ.get("PORTAL_TEST_CHROMIUM"):
        return Path(named)
    if found := next((path for name in INSTALLED if (path := shutil.which(name))), None):
        return Path(found)
    return _from_npm() if (HERE / "node_modules").exists() else None


def install() -> Path:
    """The browser, installed if need be. Raises `NoBrowser`."""
    found = find() or _from_debian()
    if found is None:
        subprocess.run([_tool("npm"), "ci", "--no-audit", "--no-fund"], cwd=HERE, env=_environment(), check=True)
        found = _from_npm()
    if subprocess.run([found, "--version"], capture_output=True, check=False).returncode:
        raise NoBrowser(f"{found} doesn't start; set PORTAL_TEST_CHROMIUM to a Chromium that does.")
    return found


def _from_debian() -> Path | None:
    """Debian's package, where this is Debian and we may install."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", INSTALLED[1]]):
        if subprocess.run(["apt-get", *arguments], env=quiet, stdout=sys.stderr, check=False).returncode:
            return None
    found = shutil.which(INSTALLED[1])
    return Path(found) if found else None


def _from_npm() -> Path:
    command = [_tool("node"), "--eval", PRINT_PATH]
    answer = subprocess.run(command, cwd=HERE, env=_environment(), capture_output=True, text=True, check=True)
    return Path(answer.stdout.strip())


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
