"""Calendar files that programs accept: escaped, folded, one UID, a rising SEQUENCE."""

from datetime import UTC, datetime

from icalendar import Calendar

from notifications import calendar
from scheduling.models import Visit
from scheduling.wall import Window
from tests.notifications.conftest import World

WINDOW = Window(datetime(2026, 12, 1, 13, tzinfo=UTC), datetime(2026, 12, 1, 15, tzinfo=UTC))


def test_a_file_survives_hostile_text_and_reads_back(world: World) -> None:
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        visit.site.address = "12; Oak, Street\nATTENDEE:mailto:evil@example.com\\"
        file = calendar.appointment(visit, WINDOW, summary="Größe " * 30, description="a;b,c\n\nd")
    lines = file.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(line.startswith(b"ATTENDEE") for line in lines)
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert str(event["summary"]) == "Größe " * 30
    assert str(event["location"]) == "12; Oak, Street\nATTENDEE:mailto:evil@example.com\\"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (WINDOW.start, WINDOW.end)


def test_the_uid_stays_and_the_sequence_rises_with_the_promise(world: World) -> None:
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        first = calendar.appointment(visit, WINDOW, summary="Visit")
        visit.generation += 1
        second = calendar.appointment(
            visit, WINDOW, summary="Visit", method="CANCEL", organizer="p@example.com", attendee="a@example.com"
        )
    one, two = (Calendar.from_ical(file).walk("VEVENT")[0] for file in (first, second))
    assert one["uid"] == two["uid"]
    assert (one["sequence"], two["sequence"]) == (1, 2)
    assert (one["status"], two["status"]) == ("CONFIRMED", "CANCELLED")
    assert b"METHOD:CANCEL" in second
    assert str(two["organizer"]) == "mailto:p@example.com"
