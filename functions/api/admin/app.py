"""The admin API (Chalice) behind Cognito: what the console uses, and whoever integrates. One blueprint per resource."""

from collections.abc import Mapping
from typing import Any

from api.admin import (
    audit,
    channels,
    clients,
    company,
    due,
    exports,
    journeys,
    letters,
    results,
    services,
    staff,
    talks,
    team,
    templates,
    today,
)
from api.admin.dispatch import routed
from chalice.app import Chalice, Response
from comeback.runtime.logs import discreet

RESOURCES = (
    today.today,
    due.due,
    journeys.journeys,
    talks.talks,
    audit.audit,
    channels.channels,
    templates.templates,
    letters.letters,
    team.team,
    clients.clients,
    exports.exports,
    results.results,
    services.services,
    staff.staff,
    company.company,
)

app = Chalice(app_name="comeback-admin")
for resource in RESOURCES:
    app.register_blueprint(resource)


@app.route("/admin/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@discreet
def handler(event: Mapping[str, Any], context: object) -> Any:
    found = routed(event, app.routes)
    return (
        app(found, context) if found else Response({"error": "NotFound"}, status_code=404).to_dict()
    )
