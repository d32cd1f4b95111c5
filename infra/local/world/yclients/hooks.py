"""Webhooks on data, and their settings. Unsigned, as the real ones; their order is not promised."""

from typing import TYPE_CHECKING, Any

import msgspec

from world.yclients import views
from world.yclients.company import Company
from world.yclients.model import Client, Record

if TYPE_CHECKING:
    from world.context import World

RESOURCES = (
    "salon",
    "service_category",
    "service",
    "good",
    "master",
    "client",
    "record",
    "goods_operations_sale",
    "goods_operations_receipt",
    "goods_operations_consumable",
    "goods_operations_stolen",
    "goods_operations_move",
    "finances_operation",
)


def settings(urls: list[str]) -> dict[str, object]:
    """Everything on when there is somebody to tell."""
    return {
        "urls": urls,
        "active": int(bool(urls)),
        **{name: int(bool(urls)) for name in RESOURCES},
    }


def tell_record(world: "World", company: Company, record: Record, status: str) -> None:
    data = views.record(company, record)
    _tell(world, company, "record", record.record_id, status, data)


def tell_client(world: "World", company: Company, client: Client, status: str) -> None:
    data = views.client(company, client)
    _tell(world, company, "client", client.client_id, status, data)


def _tell(
    world: "World", company: Company, resource: str, entity: int, status: str, data: dict[str, Any]
) -> None:
    if not (company.hooks.get("active") and company.hooks.get(resource)):
        return
    body = {
        "company_id": company.company_id,
        "resource": resource,
        "resource_id": entity,
        "status": status,
        "data": data,
    }
    urls = company.hooks["urls"]
    assert isinstance(urls, list)
    for url in urls:
        retry = world.yclients.tuning.webhook_retry
        world.webhooks.send("yclients", url, msgspec.json.encode(body), retry=retry)
