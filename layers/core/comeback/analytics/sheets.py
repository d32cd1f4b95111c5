"""A table of values as a file that a spreadsheet opens: CSV, or XLSX with its types.

XLSX by the standard's smallest form (ECMA-376, parts 1 and 2): a writer from outside would cost 1.5 MB of layer for these hundred
lines. Texts are inline strings, which no program computes; in CSV what would be computed is defused.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

Value = str | int | float | Decimal | date | datetime | bool | None
"""Moments without a zone: in the company's."""
Row = Sequence[Value]

COMPUTED = tuple("=+-@＝＋－＠")
"""What begins so is a formula to a spreadsheet, blanks before it or not (OWASP, CSV injection)."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_CELL = 32_767
"""Excel's own limit."""
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # a spreadsheet's days have no zone
DAY, MOMENT, HEADER = 1, 2, 3
"""Styles, by their place in STYLES."""

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS: Mapping[str, str] = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f"<styleSheet {MAIN}>"
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
"""Of every workbook the same; 14 and 22 are the built-in formats of dates and moments, as the reader's country writes them."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: f"{KIND}.sheet",
}


def written(
    kind: Format, title: str, header: Sequence[str], rows: Iterable[Row], language: str
) -> bytes:
    """`language` tells how its spreadsheets expect CSV."""
    if kind is Format.CSV:
        return csv_file(header, rows, language)
    return xlsx_file(title, header, rows)


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────


def csv_file(header: Sequence[str], rows: Iterable[Row], language: str) -> bytes:
    """With a byte order mark, by which Excel knows UTF-8; where decimals have a comma, fields have a semicolon."""
    comma = language == "ru"
    told = io.StringIO(newline="")
    writer = csv.writer(told, delimiter=";" if comma else ",")
    for row in ([*header], *rows):
        writer.writerow([_plain(value, comma) for value in row])
    return told.getvalue().encode("utf-8-sig", errors="replace")


def _plain(value: Value, comma: bool) -> str:
    if isinstance(value, str):
        return defused(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",") if comma else str(value)
    return str(value)


def defused(text: str) -> str:
    """An apostrophe before what a spreadsheet would compute; it shows the text as it is."""
    return f"'{text}" if text.lstrip().startswith(COMPUTED) else text


# ── XLSX ─────────────────────────────────────────────────────────────────────────────────────────


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Row]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in {**PARTS, "xl/workbook.xml": _workbook(title)}.items():
            package.writestr(name, HEAD + part)
        with package.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f"{HEAD}<worksheet {MAIN}>{FROZEN}<sheetData>".encode())
            sheet.write(_row([_text(name, HEADER) for name in header]))
            for row in rows:
                sheet.write(_row([_cell(value) for value in row]))
            sheet.write(b"</sheetData></worksheet>")
    return file.getvalue()


FROZEN = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)


def _workbook(title: str) -> str:
    name = quoteattr(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    sheets = f'<sheets><sheet name={name} sheetId="1" r:id="r1"/></sheets>'
    return f'<workbook {MAIN} xmlns:r="{OFFICE}">{sheets}</workbook>'


def _row(cells: Sequence[str]) -> bytes:
    return f"<row>{''.join(cells)}</row>".encode()


def _cell(value: Value) -> str:
    found = next((made for kind, made in CELLS.items() if isinstance(value, kind)), None)
    return found(value) if found else "<c/>"


def _text(value: str, style: int = 0) -> str:
    told = escape(NOT_XML.sub("", value)[:LONGEST_CELL])
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'


def _days(value: date) -> float:
    """Since the day from which spreadsheets count."""
    moment = (
        value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    )
    return (moment.replace(tzinfo=None) - DAY_ZERO).total_seconds() / 86_400


CELLS: Mapping[type, Callable[..., str]] = {
    str: _text,
    bool: lambda v: f'<c t="b"><v>{int(v)}</v></c>',
    int: lambda v: f"<c><v>{v}</v></c>",
    float: lambda v: f"<c><v>{v}</v></c>",
    Decimal: lambda v: f"<c><v>{v:f}</v></c>",
    datetime: lambda v: f'<c s="{MOMENT}"><v>{_days(v)}</v></c>',
    date: lambda v: f'<c s="{DAY}"><v>{_days(v):.0f}</v></c>',
}
"""In this order: a bool is an int, a datetime is a date."""
