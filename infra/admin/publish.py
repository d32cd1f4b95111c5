"""Puts the console's files into its bucket: `make console`.

    make console                                     to AWS: STACK=comeback
    make console STACK=salon

Each version lies in a folder named after its contents, which browsers keep for a year. index.html names the folder and is asked
for anew each time, like docs.html and openapi.json. So a page never mixes two versions, and a second visit fetches one file. The
version before stays for those who have it open; older ones are deleted.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployed import client, outputs

FOLDER = Path(__file__).parents[1] / "console"
PAGE = ".html"
LASTING = (PAGE, ".json")
"""Whose addresses are known outside: pages, and the API's description."""
FOR_GOOD = "public, max-age=31536000, immutable"
ANEW = "no-cache"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
DIGITS = 12
KEPT = 2
"""Versions: this and the one before."""


@dataclass(frozen=True)
class File:
    key: str
    body: bytes
    cache: str

    @property
    def type(self) -> str:
        return TYPES[Path(self.key).suffix]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--stack", default="comeback")
    found = outputs(parser.parse_args().stack)
    version = publish(client("s3"), found["ConsoleBucketName"])
    print(
        f"{version} is published: {found.get('ConsoleUrl', 'on the local cloud')}", file=sys.stderr
    )
    return 0


def publish(s3: Any, bucket: str, folder: Path = FOLDER) -> str:
    """The version's name. Pages go last: nobody is sent to a folder that is not whole yet. `Any`: boto3's client."""
    version, files = prepared(folder)
    before = _versions(s3, bucket)
    for file in files:
        s3.put_object(
            Bucket=bucket,
            Key=file.key,
            Body=file.body,
            ContentType=file.type,
            CacheControl=file.cache,
        )
    _forget(s3, bucket, version, before)
    return version


def prepared(folder: Path = FOLDER) -> tuple[str, tuple[File, ...]]:
    """The version and its files; pages, which name it, come last."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in TYPES and p.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    version = _digest(found)
    files = [
        File(name, _naming(version, name, body), ANEW)
        if name.endswith(LASTING)
        else File(f"{version}/{name}", body, FOR_GOOD)
        for name, body in found.items()
    ]
    return version, tuple(sorted(files, key=lambda file: file.cache == ANEW))


def _naming(version: str, name: str, body: bytes) -> bytes:
    return body.replace(b'"./', f'"./{version}/'.encode()) if name.endswith(PAGE) else body


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, body in sorted(files.items()):
        digest.update(f"{name}\\0{len(body)}\\0".encode() + body)
    return digest.hexdigest()[:DIGITS]


def _versions(s3: Any, bucket: str) -> dict[str, list[Any]]:
    """What lies in the bucket, by its folder."""
    found: dict[str, list[Any]] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for stored in page.get("Contents", []):
            folder, slash, _ = stored["Key"].partition("/")
            if slash:
                found.setdefault(folder, []).append(stored)
    return found


def _forget(s3: Any, bucket: str, version: str, before: Mapping[str, list[Any]]) -> None:
    others = {name: stored for name, stored in before.items() if name != version}
    by_age = sorted(others, key=lambda name: max(o["LastModified"] for o in others[name]))
    for name in by_age[: max(0, len(by_age) + 1 - KEPT)]:
        for stored in others[name]:
            s3.delete_object(Bucket=bucket, Key=stored["Key"])


if __name__ == "__main__":
    sys.exit(main())
