"""The forecast of one client's return to one service, by the company's fitted model."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from comeback.clients.model import Visit, completed
from comeback.companies.model import Company
from comeback.ports import Store
from comeback.reactivation.returns import ReturnForecast, ReturnModel
from comeback.reactivation.scene import Scene


class FittedModels:
    """What the nightly refit has stored; each is read once, and kept as long as this is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[tuple[str, str], ReturnModel | None] = {}

    def of(self, company_id: str, service_id: str) -> ReturnModel | None:
        """None when none was fitted yet, or by an older release: until tonight's refit the rule's days stand in."""
        key = (company_id, service_id)
        if key not in self._read:
            self._read[key] = _readable(self._store.model(company_id, service_id))
        return self._read[key]


def _readable(stored: str | None) -> ReturnModel | None:
    try:
        return ReturnModel.from_json(stored) if stored else None
    except ValueError:
        return None


def visit_days(company: Company, visits: Iterable[Visit], service_id: str = "") -> list[date]:
    """Local days of completed visits, of one service or of all."""
    return [company.local(v.starts_at).date() for v in completed(visits, service_id)]


def forecast_of(scene: Scene, model: ReturnModel | None, now: datetime) -> ReturnForecast | None:
    """None without a visit to tell by."""
    company = scene.company
    days = visit_days(company, scene.file.visits, scene.service.service_id)
    return forecast(model, days, company.local(now).date(), scene.rule.interval()[1].days)


def forecast(
    model: ReturnModel | None, days: Sequence[date], today: date, usual_days: int
) -> ReturnForecast | None:
    """As of today. Without a model, by what is assumed of the kind of business; None without a visit."""
    past = [day for day in days if day <= today]
    if not past:
        return None
    return (model or ReturnModel.default(usual_days)).forecast(past, as_of=today)
