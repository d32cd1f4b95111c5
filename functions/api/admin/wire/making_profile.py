"""A client's profile, put together for the wire."""

from api.admin.wire.profile import (
    ClientProfile,
    ConsentLine,
    Forecast,
    Reach,
    VisitLine,
    WayBack,
)
from comeback.clients.model import completed, may_market, opted_out
from comeback.reactivation.outlook import Profile


def profile(seen: Profile) -> ClientProfile:
    client, file = seen.file.client, seen.file
    came = completed(file.visits)
    return ClientProfile(
        client_id=client.client_id,
        version=client.version,
        name=client.name,
        phone=client.phone,
        language=client.language,
        vip=client.vip,
        tags=list(client.tags),
        preferred_staff_id=client.preferred_staff_id,
        away_until=client.away_until,
        opted_out=opted_out(file.consents),
        today=seen.company.local(seen.now).date(),
        time_zone=seen.company.time_zone,
        currency=seen.company.currency,
        completed_visits=len(came),
        spent_minor=sum(visit.amount_minor for visit in came),
        reach=_reach(seen),
        visits=_visits(seen),
        forecasts=_forecasts(seen),
        consents=_consents(seen),
        journeys=_journeys(seen),
        active_journey_id=file.active_journey_id,
    )


def _title(seen: Profile, service_id: str) -> str:
    service = seen.catalogue.services.get(service_id)
    return service.title if service else service_id


def _reach(seen: Profile) -> list[Reach]:
    client, file = seen.file.client, seen.file
    return [
        Reach(
            channel=address.channel,
            address=address.value,
            reachable=address.channel not in client.unreachable,
            doubtful=address.channel in client.doubtful,
            may_market=may_market(file.consents, address.channel),
            last_heard_at=talk.last_inbound_at
            if (talk := file.conversation(address.channel))
            else None,
        )
        for address in client.addresses
    ]


def _consents(seen: Profile) -> list[ConsentLine]:
    """The newest first."""
    ledger = sorted(seen.file.consents, key=lambda consent: consent.at, reverse=True)
    return [
        ConsentLine(
            purpose=consent.purpose,
            granted=consent.granted,
            at=consent.at,
            source=consent.source,
            text_version=consent.text_version,
            channel=consent.channel,
        )
        for consent in ledger
    ]


def _visits(seen: Profile) -> list[VisitLine]:
    staff = seen.catalogue.staff
    return [
        VisitLine(
            visit_id=visit.visit_id,
            service_id=visit.service_id,
            service=_title(seen, visit.service_id),
            staff=staff[visit.staff_id].name if visit.staff_id in staff else visit.staff_id,
            at=visit.starts_at,
            timed=visit.timed,
            status=visit.status,
            amount_minor=visit.amount_minor,
            source=visit.source,
            journey_id=visit.journey_id,
        )
        for visit in reversed(seen.file.visits)
    ]


def _forecasts(seen: Profile) -> list[Forecast]:
    return [
        Forecast(service=_title(seen, outlook.service_id), **vars(outlook))
        for outlook in seen.outlooks
    ]


def _journeys(seen: Profile) -> list[WayBack]:
    return [
        WayBack(
            journey_id=journey.journey_id,
            service=_title(seen, journey.service_id),
            why=journey.why,
            started_at=journey.started_at,
            state=journey.state,
            completion=journey.completion,
            attempts=journey.attempt.number,
        )
        for journey in reversed(seen.file.journeys)
    ]
