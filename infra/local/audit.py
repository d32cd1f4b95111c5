"""Asks PyPI's advisories about every pinned package: `python -m audit requirements.txt …`, a part of make lint.

Fails on a known vulnerability. Where no advisory service answers, as on a machine with a package index alone, it says so and
passes: pip-audit itself would say «not found» of each package and end well, as if all had been looked at.
"""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TOOL = Path(".local/pip-audit/bin/pip-audit")
SERVICE = "https://pypi.org/pypi/pip-audit/2.10.1/json"
"""Of a release that is there for certain."""
SECONDS = 5.0
Answer = Mapping[str, Any]


def main(lists: Iterable[str]) -> int:
    if not answers(SERVICE):
        print("audit skipped: no advisory service")
        return 0
    answer = json.loads(asked(lists))
    found, unknown = findings(answer), skipped(answer)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"audit: {len(answer['dependencies'])} packages, {len(found)} found, {unknown} unknown")
    return 1 if found else 0


def answers(service: str) -> bool:
    try:
        with urllib.request.urlopen(service, timeout=SECONDS) as answer:  # noqa: S310  # https
            return "vulnerabilities" in json.load(answer)
    except (OSError, ValueError):
        return False


def asked(lists: Iterable[str]) -> str:
    named = [argument for path in lists for argument in ("--requirement", path)]
    command = [str(TOOL), *named, "--no-deps", "--disable-pip", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"pip-audit said nothing: {done.stderr[-2000:]}")
    return done.stdout


def findings(answer: Answer) -> list[str]:
    """`name version: id, mended in versions`."""
    return [
        f"{package['name']} {package['version']}: {vulnerability['id']}, "
        f"mended in {', '.join(vulnerability['fix_versions']) or 'no release'}"
        for package in answer["dependencies"]
        for vulnerability in package.get("vulns", ())
    ]


def skipped(answer: Answer) -> int:
    return sum("skip_reason" in package for package in answer["dependencies"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
