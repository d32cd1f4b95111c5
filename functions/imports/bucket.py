"""A visits file between the bucket and the import: imports/<company id>/<file> → reports/<company id>/<file>.json, .csv."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from comeback.clients.visits_bounds import check_size
from comeback.clients.visits_report import Report, as_csv, as_json
from comeback.clients.visits_values import last_day
from comeback.errors import InvalidInput
from comeback.runtime import wiring
from comeback.runtime.aws import client
from comeback.runtime.logs import logger
from comeback.runtime.settings import BucketSettings, from_env


def import_file(key: str) -> None:
    """The object's metadata may carry the owner's statement `consent-text-version`: these clients agreed to marketing; and
    `until`, the last day to import. Raises InvalidInput for a key that is no import."""
    prefix, company_id, name = [*key.split("/", 2), "", ""][:3]
    if prefix != "imports" or not company_id or not name:
        raise InvalidInput("key", f"{key} is no import", "Upload to imports/<company id>/<file>")
    bucket, s3 = from_env(BucketSettings).bucket, client("s3")
    found = s3.get_object(Bucket=bucket, Key=key)
    try:
        check_size(found["ContentLength"])
        report = _imported(company_id, name, found)
    except InvalidInput as error:
        report = Report(name, refused=str(error))
    for ending, body in (("json", as_json(report)), ("csv", as_csv(report))):
        s3.put_object(Bucket=bucket, Key=f"reports/{company_id}/{name}.{ending}", Body=body)
    logger.info("imported", extra={"clients": report.clients, "bad_rows": len(report.bad)})


def _imported(company_id: str, name: str, found: Mapping[str, Any]) -> Report:
    """Raises InvalidInput for metadata that can not be read, NotFound for nobody's file."""
    told = found["Metadata"]
    with NamedTemporaryFile() as file:
        for part in found["Body"].iter_chunks(1 << 20):
            file.write(part)
        file.flush()
        until, consent = last_day(told.get("until", "")), told.get("consent-text-version", "")
        run = wiring.visits_import().run
        return run(company_id, name, lambda: Path(file.name).open("rb"), consent, until)
