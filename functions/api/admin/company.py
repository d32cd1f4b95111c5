"""The company and its settings."""

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.company import CompanyView, SettingsBody
from comeback.runtime import wiring

company = Resource("company")


@company.get("/company", answers=CompanyView, etag=True)
def settings(asked: Asked[None]) -> CompanyView:
    """The company: zone, messengers, when and how it writes, limits, holdout, reports."""
    return CompanyView.of(wiring.as_stored(asked.company_id).company(asked.company_id))


@company.put("/company", body=SettingsBody, answers=CompanyView, current=settings, role=Role.OWNER)
def change_settings(asked: Asked[SettingsBody]) -> CompanyView:
    """Sets all settings at once; what does not fit together is told by its field."""
    body, change = asked.body, wiring.change_settings()
    user_id = asked.caller.user_id
    return CompanyView.of(change.run(asked.company_id, body.version, body.values(), user_id))
