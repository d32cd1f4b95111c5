"""What `make console` puts into the bucket."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from publish import prepared, publish

BUCKET = "console"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_aws():
        made: Any = boto3.client("s3")
        made.create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "index.html").write_text('<script type="module" src="./app.js"></script>')
    (tmp_path / "app.js").write_text('import "./pages/today.js";')
    (tmp_path / "pages" / "today.js").write_text("1")
    (tmp_path / "notes.md").write_text("not for the web")
    return tmp_path


def keys(s3: Any) -> set[str]:
    return {each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}


def test_a_version_lies_in_a_folder_that_the_page_names(s3: Any, folder: Path) -> None:
    version = publish(s3, BUCKET, folder)
    assert keys(s3) == {"index.html", f"{version}/app.js", f"{version}/pages/today.js"}
    page = s3.get_object(Bucket=BUCKET, Key="index.html")
    assert f'src="./{version}/app.js"' in page["Body"].read().decode()
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    script = s3.get_object(Bucket=BUCKET, Key=f"{version}/app.js")
    assert script["ContentType"] == "text/javascript; charset=utf-8"
    assert "immutable" in script["CacheControl"]


def test_the_same_files_are_the_same_version(s3: Any, folder: Path) -> None:
    assert publish(s3, BUCKET, folder) == publish(s3, BUCKET, folder)
    assert len(keys(s3)) == 3


def test_the_version_before_stays_and_older_ones_go(s3: Any, folder: Path) -> None:
    versions = []
    for text in "abc":
        (folder / "app.js").write_text(text)
        versions.append(publish(s3, BUCKET, folder))
    assert {key.split("/")[0] for key in keys(s3) if "/" in key} == {*versions[1:]}


def test_a_page_is_put_after_all_that_it_names(folder: Path) -> None:
    _, files = prepared(folder)
    assert [file.key.endswith(".html") for file in files] == [False, False, True]


def test_the_consoles_own_page_names_files_that_are_there() -> None:
    version, files = prepared()
    named = {file.key: file.body for file in files}
    addresses = re.findall(r'"\./([^"]+)"', named["index.html"].decode())
    assert len(addresses) > 3
    assert [a for a in addresses if a not in named] == []
    assert all(address.startswith(f"{version}/") for address in addresses)
    assert all(file.type for file in files)
