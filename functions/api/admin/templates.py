"""WhatsApp's templates: which Meta has approved, and handing in the others."""

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.templates import TemplateList, TemplateView
from comeback.connections.connect import Asker
from comeback.connections.model import Template
from comeback.runtime import wiring

templates = Resource("templates")


@templates.get("/channels/whatsapp/templates", answers=TemplateList)
def list_templates(asked: Asked[None]) -> TemplateList:
    """The templates that we write with, and what Meta says of each now."""
    return _listed(wiring.whatsapp_templates().known(asked.company_id))


@templates.post("/channels/whatsapp/templates", answers=TemplateList, role=Role.OWNER)
def submit_templates(asked: Asked[None]) -> TemplateList:
    """Hands in to Meta those that it does not know."""
    who = Asker(asked.company_id, asked.caller.user_id)
    return _listed(wiring.whatsapp_templates().submit(who))


def _listed(found: list[Template]) -> TemplateList:
    return TemplateList([TemplateView(t.name, t.language, t.body, t.status) for t in found])
