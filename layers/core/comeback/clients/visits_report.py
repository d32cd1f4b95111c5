"""What came of a visits file, for its owner: counts, and every row that could not be read, with the way to mend it."""

import csv
import io
from dataclasses import dataclass, field

import msgspec

from comeback.clients.visits_file import BadRow


@dataclass
class Report:
    file: str
    rows: int = 0
    """Without the header."""
    clients: int = 0
    visits: int = 0
    later: int = 0
    """Rows after the day up to which was to be imported."""
    new_services: list[str] = field(default_factory=list)
    new_staff: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    consent: str = ""
    """Version of the owner's statement that these clients agreed; empty: they will be skipped as no_consent."""
    refused: str = ""
    """Why the file as a whole was not taken."""
    bad: list[BadRow] = field(default_factory=list)
    """Rows that were left out."""
    warnings: list[BadRow] = field(default_factory=list)
    """Rows that were imported without what is named here."""


def as_json(report: Report) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=2)


def as_csv(report: Report) -> bytes:
    """One line per bad row: where, what, how to mend it, then the row as it stood. UTF-8 with a mark, for Excel."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["row", "imported", "field", "problem", "remedy", "original"])
    if report.refused:
        writer.writerow(["", "no", "file", report.refused, "", ""])
    for imported, rows in (("no", report.bad), ("yes", report.warnings)):
        for bad in rows:
            writer.writerow([bad.number, imported, bad.field, bad.problem, bad.remedy, *bad.row])
    return text.getvalue().encode("utf-8-sig")
