"""Exports: a file of clients, journeys or days, behind a link that closes in ten minutes."""

from datetime import timedelta

from api.admin.resource import Asked as Call
from api.admin.resource import Resource
from api.admin.wire.exports import ExportBody, ExportFile
from comeback.analytics.exports import Asked
from comeback.runtime import wiring

exports = Resource("exports")
DAYS = 29


@exports.post("/exports", body=ExportBody, answers=ExportFile, status=201, creates=True)
def create_export(asked: Call[ExportBody]) -> ExportFile:
    """CSV or XLSX, with names and numbers in it: it lies in the bucket for a day."""
    body, caller = asked.body, asked.caller
    until = body.until or wiring.local_today(asked.company_id)
    since = body.since or until - timedelta(days=DAYS)
    wanted = Asked(body.subject, body.format, since, until, caller.language)
    made = wiring.export().run(asked.company_id, wanted, caller.user_id, asked.id)
    return ExportFile(**vars(made))
