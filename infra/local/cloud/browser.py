"""`python -m cloud.browser`: sees to it that there is a Chromium for the browser tests.

The system's own is taken where there is one; root on Debian gets the package; anyone else gets Playwright's.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Path of the system's browser; None: Playwright's own."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    if executable() or _playwrights_own():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing chromium")
        for command in (
            ["update"],
            ["install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-color-emoji"],
        ):
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(
                ["apt-get", "-qq", *command], env=quiet, capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(f"apt-get {command[0]} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
                return 1
        return 0
    return subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], check=False
    ).returncode


def _playwrights_own() -> bool:
    places = (".cache/ms-playwright", "Library/Caches/ms-playwright")
    return any([*(Path.home() / place).glob("chromium-*")] for place in places)


if __name__ == "__main__":
    sys.exit(main())
