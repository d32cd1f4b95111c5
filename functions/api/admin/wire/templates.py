"""WhatsApp's templates, as they are shown."""

from msgspec import Struct


class TemplateView(Struct):
    """A WhatsApp template that we write with. `status` by Meta's word; empty: Meta does not know it."""

    name: str
    language: str
    body: str
    status: str


class TemplateList(Struct):
    """All of them."""

    templates: list[TemplateView]
