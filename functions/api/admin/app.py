"""The owner's API (Chalice), read-only so far: the funnel, who is due and why, a day's journeys. Callers sign with IAM."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from chalice.app import Chalice, Response
from comeback.companies.identity import is_company_id
from comeback.errors import ComebackError, InvalidInput, NotFound
from comeback.runtime import wiring
from comeback.runtime.http import problem
from comeback.runtime.logs import count, logger
from msgspec import to_builtins

app = Chalice(app_name="comeback-admin")
DAYS = 30
View = Callable[..., Any]


def route(path: str) -> Callable[[View], View]:
    """A GET whose errors are answers. Not by a middleware: Chalice turns a view's error into a 500 before any hears of it."""

    def routed(view: View) -> View:
        @wraps(view)
        def answering(**named: str) -> Any:
            try:
                return view(**named)
            except ComebackError as error:
                _count(error, named.get("company", ""))
                status, body = problem(error)
                return Response(body, status_code=status)
            except Exception:
                logger.exception("unexpected error")
                return Response({"error": "InternalError"}, status_code=500)

        app.route(path, methods=["GET"])(answering)
        return answering

    return routed


def _count(error: ComebackError, company: str) -> None:
    """Who asks for what is not theirs is answered as if it did not exist; many such questions are somebody's search."""
    if isinstance(error, NotFound):
        count("AdminNotFound", company if is_company_id(company) else "")


@route("/admin/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@route("/admin/{company}/funnel")
def funnel(company: str) -> dict[str, Any]:
    """`since` and `until` (2026-11-24), by default the last thirty local days."""
    today = wiring.local_today(company)
    since, until = _day("since", today - timedelta(days=DAYS)), _day("until", today)
    days = wiring.store().funnel(company, since, until)
    return {"days": [to_builtins(day) for day in days]}


@route("/admin/{company}/due")
def due(company: str) -> dict[str, Any]:
    """Who is due on a local day (`on`, today by default), with the reason."""
    on = _day("on", wiring.local_today(company))
    return {"on": on.isoformat(), "due": [to_builtins(e) for e in wiring.store().due(company, on)]}


@route("/admin/{company}/journeys")
def journeys(company: str) -> dict[str, Any]:
    """The journeys of a campaign day (`on`)."""
    on = _day("on", wiring.local_today(company))
    return {"journeys": [to_builtins(j) for j in wiring.store().journeys_on(company, on)]}


def _day(name: str, default: date) -> date:
    request = app.current_request
    query = dict((request.query_params if request else None) or {})
    try:
        return date.fromisoformat(query[name]) if name in query else default
    except ValueError as error:
        raise InvalidInput(name, "is no date", "Write it as 2026-11-24") from error
