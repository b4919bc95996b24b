"""What a customer may choose where slots hold on some weekdays."""

from scheduling.models import Confirmation
from tests.portal.customer.conftest import Ana, with_terms

THURSDAYS = {"start": "13:00", "end": "15:00", "weekdays": [4]}
ANY_DAY = {"start": "10:00", "end": "12:00"}


def test_a_slot_is_shown_and_taken_on_its_weekdays_alone(ana: Ana) -> None:
    with_terms(slots=[THURSDAYS, ANY_DAY])
    page = ana.visitor.get(f"{ana.path}/1/slots")
    values = [node.attributes["value"] for node in page.root.all("input", name="slot")]
    assert "2026-12-03T13:00-15:00" in values
    assert "2026-12-02T10:00-12:00" in values
    assert [value for value in values if value.endswith("13:00-15:00")] == ["2026-12-03T13:00-15:00"]
    refused = ana.visitor.press(page, "Continue", 409, slot="2026-12-01T13:00-15:00")
    assert "This time has just been taken." in refused.text
    review = ana.visitor.press(refused, "Continue", slot="2026-12-03T13:00-15:00")
    ana.visitor.press(review, "Move my appointment")
    assert ana.visit().confirmation is Confirmation.RESCHEDULED
