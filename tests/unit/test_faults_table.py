"""`make faults`: a test that tries two faults stands in both their rows."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEST = """
import pytest

@pytest.mark.fault("poison", "set apart")
@pytest.mark.fault("a redrive", "done once")
def test_both(): ...
"""


def test_a_test_of_two_faults_is_counted_for_each(tmp_path: Path) -> None:
    file = tmp_path / "test_two.py"
    file.write_text(TEST)
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    command = [sys.executable, "-m", "pytest", "--faults", *options, str(file)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  # ourselves
    rows = [line for line in ran.stdout.splitlines() if line.startswith("|")]
    assert rows[2:] == ["| A redrive | Done once | 1 passed |", "| Poison | Set apart | 1 passed |"]
