"""The audit fails on what is known to be vulnerable, and never says that all is well when nobody was asked."""

import json
from pathlib import Path
from typing import Any

import audit
import pytest

SAFE = {"name": "msgspec", "version": "0.20.0", "vulns": []}
UNKNOWN = {"name": "chalice", "skip_reason": "not found on PyPI"}
OPEN: dict[str, Any] = {
    "name": "httpx",
    "version": "0.1",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["0.2"]}, {"id": "X", "fix_versions": []}],
}


def told(monkeypatch: pytest.MonkeyPatch, *packages: dict[str, Any]) -> int:
    monkeypatch.setattr(audit, "answers", lambda _service: True)
    monkeypatch.setattr(audit, "asked", lambda _lists: json.dumps({"dependencies": packages}))
    return audit.main(["requirements.txt"])


def test_a_known_vulnerability_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, SAFE, OPEN) == 1
    assert capsys.readouterr().out.splitlines() == [
        "httpx 0.1: PYSEC-2026-1, mended in 0.2",
        "httpx 0.1: X, mended in no release",
        "audit: 2 packages, 2 found, 0 unknown",
    ]


def test_what_nobody_knows_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, SAFE, UNKNOWN) == 0
    assert capsys.readouterr().out == "audit: 2 packages, 0 found, 1 unknown\n"


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"info": {}}'])
def test_without_advisories_it_is_skipped_and_says_so(
    tmp_path: Path,
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mirror = tmp_path / "json"
    mirror.write_bytes(body)
    for service in (mirror.as_uri(), "http://127.0.0.1:9/json"):
        monkeypatch.setattr(audit, "SERVICE", service)
        assert audit.main([]) == 0
        assert capsys.readouterr().out == "audit skipped: no advisory service\n"


def test_a_service_with_advisories_is_asked(tmp_path: Path) -> None:
    index = tmp_path / "json"
    index.write_text('{"info": {}, "vulnerabilities": []}')
    assert audit.answers(index.as_uri())
