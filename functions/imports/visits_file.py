"""Imports a file of visits when it is uploaded to imports/<company id>/."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from comeback.runtime.logs import discreet
from imports.bucket import import_file


@discreet
def handler(event: Mapping[str, Any], _context: object) -> None:
    for record in event["Records"]:
        import_file(unquote_plus(record["s3"]["object"]["key"]))
