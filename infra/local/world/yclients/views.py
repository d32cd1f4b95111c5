"""Entities as YCLIENTS shows them in answers and webhooks (shapes: official blueprint, groups «Записи», «Клиенты»)."""

from datetime import datetime
from typing import Any

from world.yclients.company import Company
from world.yclients.model import ABSENT, CAME, Client, Record, Service, Staff

AVATAR = "https://yclients.com/images/no-master-sm.png"
IMPORTANCE = ("Без класса важности", "Бронза", "Серебро", "Золото")
SEX = ("Неизвестно", "Мужской", "Женский")
SEARCHABLE = (
    "id",
    "name",
    "surname",
    "patronymic",
    "phone",
    "email",
    "discount",
    "first_visit_date",
    "last_visit_date",
    "sold_amount",
    "visits_count",
    "passteam_card_id",
)
"""Fields that POST clients/search may be asked for."""
CATEGORY = {"id": 1, "title": "Чёрный список", "color": "#0f0f0f"}


def iso(company: Company, moment: datetime) -> str:
    """`2019-01-16T16:00:00+09:00`"""
    return company.local(moment).isoformat(timespec="seconds")


def stamp(company: Company, moment: datetime) -> str:
    """`2019-01-16T20:35:11+0900`, the form of create_date and last_change_date."""
    return company.local(moment).strftime("%Y-%m-%dT%H:%M:%S%z")


def plain(company: Company, moment: datetime) -> str:
    """`2019-01-16 16:00:00`, local."""
    return company.local(moment).strftime("%Y-%m-%d %H:%M:%S")


def record(company: Company, r: Record) -> dict[str, Any]:
    client = company.clients.get(r.client_id) if r.client_id is not None else None
    return {
        "id": r.record_id,
        "company_id": company.company_id,
        "staff_id": r.staff_id,
        "services": sold(company, r),
        "goods_transactions": [],
        "staff": _brief_staff(company.staff[r.staff_id]),
        "client": record_client(company, client) if client else None,
        "clients_count": 1,
        "date": plain(company, r.starts_at),
        "datetime": iso(company, r.starts_at),
        "create_date": stamp(company, r.created_at),
        "comment": r.comment,
        "online": r.online,
        "visit_attendance": r.attendance,
        "attendance": r.attendance,
        "confirmed": int(r.attendance != 0),
        "seance_length": r.seance_length,
        "length": r.seance_length,
        "sms_before": 0,
        "sms_now": 0,
        "sms_now_text": "",
        "email_now": 0,
        "notified": 0,
        "master_request": 1,
        "api_id": r.api_id,
        "from_url": "",
        "review_requested": 0,
        "visit_id": r.record_id + 10_000_000,
        "created_user_id": 0 if r.online else 1,
        "deleted": r.deleted,
        "paid_full": int(r.attendance == CAME),
        "prepaid": False,
        "prepaid_confirmed": False,
        "last_change_date": stamp(company, r.changed_at),
        "custom_color": "",
        "custom_font_color": "",
        "record_labels": [],
        "activity_id": 0,
        "custom_fields": [],
        "documents": [],
        "sms_remain_hours": 0,
        "email_remain_hours": 0,
        "short_link": "",
    }


def sold(company: Company, r: Record) -> list[dict[str, Any]]:
    return [
        {
            "id": s.service_id,
            "title": company.services[s.service_id].title,
            "cost": s.cost,
            "cost_to_pay": s.cost,
            "manual_cost": s.cost,
            "cost_per_unit": s.first_cost,
            "discount": s.discount,
            "first_cost": s.first_cost,
            "amount": 1,
        }
        for s in r.services
    ]


def record_client(company: Company, c: Client) -> dict[str, Any]:
    visits = company.records.of_client(c.client_id)
    return {
        "id": c.client_id,
        "name": c.name,
        "surname": "",
        "patronymic": "",
        "display_name": c.name,
        "comment": c.comment,
        "phone": c.phone,
        "card": "",
        "email": c.email,
        "success_visits_count": sum(r.attendance == CAME for r in visits),
        "fail_visits_count": sum(r.attendance == ABSENT for r in visits),
        "discount": c.discount,
        "custom_fields": [],
        "sex": c.sex_id,
        "birthday": c.birth_date,
        "client_tags": [],
    }


def client(company: Company, c: Client) -> dict[str, Any]:
    visits = [r for r in company.records.of_client(c.client_id) if r.attendance == CAME]
    return {
        "id": c.client_id,
        "name": c.name,
        "surname": "",
        "patronymic": "",
        "phone": c.phone,
        "email": c.email,
        "categories": [CATEGORY] if c.blacklisted else [],
        "sex_id": c.sex_id,
        "sex": SEX[c.sex_id],
        "discount": c.discount,
        "importance_id": c.importance_id,
        "importance": IMPORTANCE[c.importance_id],
        "card": "",
        "birth_date": c.birth_date,
        "comment": c.comment,
        "sms_check": 0,
        "sms_not": c.sms_not,
        "spent": spent(visits),
        "paid": spent(visits),
        "balance": 0,
        "visits": len(visits),
        "last_change_date": stamp(company, c.changed_at) if c.changed_at else "",
        "custom_fields": {},
    }


def found_client(company: Company, c: Client) -> dict[str, Any]:
    """`SEARCHABLE`, all of it."""
    visits = [r for r in company.records.of_client(c.client_id) if r.attendance == CAME]
    days = [company.local(r.starts_at).date().isoformat() for r in visits]
    return {
        "id": c.client_id,
        "name": c.name,
        "surname": "",
        "patronymic": "",
        "phone": c.phone,
        "email": c.email,
        "discount": c.discount,
        "first_visit_date": days[0] if days else "",
        "last_visit_date": days[-1] if days else "",
        "sold_amount": spent(visits),
        "visits_count": len(visits),
        "passteam_card_id": "",
    }


def spent(visits: list[Record]) -> int:
    return sum(s.cost for r in visits for s in r.services)


def service(company: Company, s: Service) -> dict[str, Any]:
    return {
        "id": s.service_id,
        "salon_service_id": s.service_id,
        "title": s.title,
        "booking_title": s.title,
        "category_id": s.category_id,
        "price_min": s.price_min,
        "price_max": s.price_max,
        "discount": 0,
        "comment": s.comment,
        "weight": 1,
        "active": int(s.active),
        "api_id": s.api_id,
        "duration": s.length,
        "prepaid": "forbidden",
        "staff": [
            {"id": m.staff_id, "seance_length": m.lengths[s.service_id] or s.length}
            for m in company.staff.values()
            if s.service_id in m.lengths and not m.fired
        ],
        "is_online": True,
    }


def staff(company: Company, m: Staff) -> dict[str, Any]:
    return {
        "id": m.staff_id,
        "api_id": m.api_id,
        "name": m.name,
        "company_id": company.company_id,
        "specialization": m.specialization,
        "position": {"id": 1, "title": "Мастер"},
        "show_rating": 0,
        "rating": 0,
        "votes_count": 0,
        "comments_count": 0,
        "weight": 10,
        "information": "",
        "avatar": AVATAR,
        "avatar_big": AVATAR,
        "fired": int(m.fired),
        "status": 0,
        "hidden": int(m.hidden),
        "seance_step": m.step,
        "services_links": [
            {"service_id": i, "length": length or company.services[i].length}
            for i, length in m.lengths.items()
        ],
    }


def _brief_staff(m: Staff) -> dict[str, Any]:
    return {
        "id": m.staff_id,
        "api_id": m.api_id,
        "name": m.name,
        "specialization": m.specialization,
        "position": {"id": 1, "title": "Мастер"},
        "avatar": AVATAR,
        "avatar_big": AVATAR,
        "rating": 0,
        "votes_count": 0,
    }
