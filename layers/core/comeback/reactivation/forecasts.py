"""The forecast of one client's return to one service, by the company's fitted model."""

from collections.abc import Sequence
from datetime import date, datetime

from comeback.ports import Store
from comeback.reactivation.judgement import completed
from comeback.reactivation.returns import ReturnForecast, ReturnModel
from comeback.reactivation.scene import Scene


def stored_model(store: Store, company_id: str, service_id: str) -> ReturnModel | None:
    """None when none was fitted yet, or by an older release: until tonight's refit the rule's days stand in."""
    stored = store.model(company_id, service_id)
    try:
        return ReturnModel.from_json(stored) if stored else None
    except ValueError:
        return None


def forecast_of(scene: Scene, model: ReturnModel | None, now: datetime) -> ReturnForecast | None:
    """None without a visit to tell by."""
    company, visits = scene.company, completed(scene.file.visits, scene.service.service_id)
    days = [company.local(visit.starts_at).date() for visit in visits]
    return forecast(model, days, company.local(now).date(), scene.rule.interval()[1].days)


def forecast(
    model: ReturnModel | None, days: Sequence[date], today: date, usual_days: int
) -> ReturnForecast | None:
    """As of today. Without a model, by what is assumed of the kind of business; None without a visit."""
    past = [day for day in days if day <= today]
    if not past:
        return None
    return (model or ReturnModel.default(usual_days)).forecast(past, as_of=today)
