import re
from datetime import date

from comeback.reactivation.naming import (
    CHAIRS,
    campaign_name,
    journey_execution_name,
    journey_id,
)
from hypothesis import given
from hypothesis import strategies as st

ON = date(2026, 3, 2)


@given(company=st.text(min_size=1, max_size=120), client=st.text(min_size=1, max_size=60))
def test_names_are_what_step_functions_takes_and_buttons_can_carry(
    company: str, client: str
) -> None:
    journey = journey_id(company, client, "haircut", ON)
    assert len(journey) == 25
    names = (campaign_name(company, ON), campaign_name(company, ON, CHAIRS))
    for name in (*names, journey_execution_name(company, journey)):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)


def test_the_same_cause_has_the_same_name_and_another_cause_another() -> None:
    first = journey_id("salon", "anna", "haircut", ON)
    assert first == journey_id("salon", "anna", "haircut", ON)
    others = {
        journey_id("salon", "anna", "manicure", ON),
        journey_id("salon", "boris", "haircut", ON),
        journey_id("studio", "anna", "haircut", ON),
        journey_id("salon", "anna", "haircut", date(2026, 3, 3)),
        journey_id("salon", "anna", "haircut", ON, CHAIRS),
    }
    assert len(others | {first}) == 6
    assert campaign_name("salon", ON) != campaign_name("salon", ON, CHAIRS)


def test_ids_can_not_be_shifted_into_each_other() -> None:
    assert journey_id("a", "bc", "d", ON) != journey_id("ab", "c", "d", ON)


def test_two_companies_with_unusable_names_do_not_share_a_campaign() -> None:
    assert campaign_name("салон", ON) != campaign_name("студия", ON)
