"""The rooms' contracts (pyproject.toml, [tool.importlinter])."""

import os
import subprocess
import sys

from tests.architecture.template import ROOT


def test_rooms_import_as_drawn() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "layers" / "core")}
    done = subprocess.run(  # noqa: S603  # our own code
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
