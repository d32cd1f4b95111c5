"""A slot that was taken in a dialogue: what the book is asked, and the visit that follows. Pure."""

from comeback.bookings.model import Booking, BookingRequest, Slot
from comeback.clients.model import Visit, VisitStatus
from comeback.reactivation.due import OURS
from comeback.reactivation.turn import Turn


def request_for(turn: Turn, slot: Slot) -> BookingRequest:
    """The same for the same slot of a journey, however often it is asked."""
    return BookingRequest(
        key=f"{turn.journey.journey_id}.{slot.staff_id}.{int(slot.starts_at.timestamp())}",
        slot=slot,
        client_id=turn.client.client_id,
        crm_client_id=turn.client.crm_id,
        client_name=turn.client.name,
        phone=turn.client.phone,
        holder=turn.journey.journey_id,
    )


def visit_of(turn: Turn, slot: Slot, booking: Booking) -> Visit:
    return Visit(
        visit_id=booking.booking_id,
        service_id=slot.service_id,
        staff_id=slot.staff_id,
        starts_at=slot.starts_at,
        status=VisitStatus.BOOKED,
        amount_minor=_price(turn, slot),
        source=OURS,
        journey_id=turn.journey.journey_id,
    )


def _price(turn: Turn, slot: Slot) -> int:
    """As offered, until the CRM tells what was paid; the discount was for the journey's own service."""
    service = turn.scene.catalogue.services.get(slot.service_id)
    full = service.price_minor if service else 0
    percent = turn.journey.attempt.discount_percent
    ours = slot.service_id == turn.journey.service_id
    return round(full * (100 - percent) / 100) if ours else full
