"""The company, its services and staff, hooks' settings, and logging in."""

from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute

from world.yclients import views
from world.yclients.errors import ApiError, invalid, not_found
from world.yclients.gate import Answer, Call, endpoint
from world.yclients.hooks import RESOURCES

if TYPE_CHECKING:
    from world.context import World


def routes(world: "World") -> list[BaseRoute]:
    def open_to_partners(path: str, name: str, handle: Any) -> BaseRoute:
        return endpoint(world, "GET", path, name, handle, needs_user=False)

    hooks = "/hooks_settings/{company:int}"
    return [
        endpoint(world, "POST", "/auth", "auth", auth, needs_user=False),
        open_to_partners("/company/{company:int}", "company", company),
        open_to_partners("/company/{company:int}/services", "services", services),
        open_to_partners("/company/{company:int}/services/{service:int}", "services", services),
        open_to_partners("/services/{company:int}", "services", services),
        open_to_partners("/company/{company:int}/staff", "staff", staff),
        open_to_partners("/company/{company:int}/staff/{staff:int}", "staff", staff),
        open_to_partners("/staff/{company:int}", "staff", staff),
        endpoint(world, "GET", hooks, "hooks_settings", read_hooks),
        endpoint(world, "POST", hooks, "save_hooks_settings", save_hooks),
    ]


def auth(call: Call) -> Answer:
    given = (call.fields.get("login"), call.fields.get("password"))
    for found in call.world.yclients.companies.values():
        for user in found.users:
            if (user.login, user.password) == given:
                shown = {"id": user.user_id, "user_token": user.token, "name": user.name}
                more = {"phone": "", "login": user.login, "email": "", "avatar": ""}
                return Answer({**shown, **more, "is_approved": True}, status=201)
    raise ApiError(401, "Неверный логин или пароль")


def company(call: Call) -> Answer:
    offset = call.company.local(call.now).utcoffset()
    assert offset is not None
    return Answer(
        {
            "id": call.company.company_id,
            "title": call.company.title,
            "public_title": call.company.title,
            "timezone": offset.total_seconds() / 3600,
            "timezone_name": call.company.zone.key,
            "currency_short_title": "₽",
            "phone_confirmation": False,
        }
    )


def services(call: Call) -> Answer:
    if "service" in call.path:
        found = call.company.services.get(call.path["service"])
        if found is None:
            raise not_found()
        return Answer(views.service(call.company, found))
    only = call.number("staff_id", 0)
    if only and only not in call.company.staff:
        raise not_found()
    shown = [
        views.service(call.company, s)
        for s in call.company.services.values()
        if not only or s.service_id in call.company.staff[only].lengths
    ]
    return Answer(shown, {"count": len(shown)})


def staff(call: Call) -> Answer:
    if "staff" in call.path:
        found = call.company.staff.get(call.path["staff"])
        if found is None:
            where = f"филиале {call.company.company_id}"
            raise not_found(f"Сотрудник с ID {call.path['staff']} не найден в {where}.")
        return Answer(views.staff(call.company, found))
    shown = [views.staff(call.company, m) for m in call.company.staff.values()]
    return Answer(shown, {"total_count": len(shown)})


def read_hooks(call: Call) -> Answer:
    return Answer(call.company.hooks)


def save_hooks(call: Call) -> Answer:
    urls = call.fields.get("urls")
    if not isinstance(urls, list) or not all(isinstance(u, str) and u for u in urls):
        raise invalid("urls", "Значение должно быть массивом.")
    if "active" not in call.fields:
        raise invalid("active", "Значение не должно быть пустым.")
    given = {name: int(bool(call.fields[name])) for name in RESOURCES if name in call.fields}
    call.company.hooks.update(urls=urls, active=int(bool(call.fields["active"])), **given)
    return Answer(call.company.hooks, status=201)
