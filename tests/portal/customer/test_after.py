"""What the page offers once a customer has agreed: an earlier time, who comes, calendars and a map."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from scheduling.models import Origin, VisitStatus
from tests.portal.customer.conftest import Ana, with_terms
from tests.portal.customer.test_acts import THURSDAY_AFTERNOON, events_of, review
from tests.portal.customer.test_states import becomes


def test_earlier_if_possible_can_be_ticked_and_unticked(ana: Ana) -> None:
    asked = ana.open()
    assert "Earlier if possible" not in asked.text
    page = ana.visitor.press(asked, "Confirm this time")
    [tick] = page.root.all("button", role="checkbox")
    assert tick.attributes["aria-checked"] == "false"
    for _ in range(2):
        ticked = ana.visitor.press(page, tick.text)
        assert "we will ask you first" in ticked.text
        assert ticked.root.all("button", role="checkbox")[0].attributes["aria-checked"] == "true"
        assert ana.visit().earlier
    unticked = ana.visitor.press(ticked, tick.text)
    assert "will not look for an earlier time" in unticked.text
    assert not ana.visit().earlier
    changed = [("visit.field_changed", Origin.CUSTOMER)] * 2
    assert events_of(ana) == [("visit.confirmed", Origin.CUSTOMER), *changed]
    ana.change(becomes(VisitStatus.STARTED))
    ana.visitor.press(page, tick.text, 409)
    assert not ana.visit().earlier


def test_the_page_after_confirming_names_who_comes_and_leads_to_calendars_and_a_map(ana: Ana) -> None:
    page = ana.visitor.press(ana.open(), "Confirm this time")
    assert "Ben will come to you." in page.text
    assert "Tool" not in page.text
    google, outlook, osm = (page.link(name) for name in ("Google Calendar", "Outlook", "Show on the map"))
    asked = parse_qs(urlsplit(google).query)
    assert asked["dates"] == ["20261201T130000Z/20261201T150000Z"]
    assert asked["text"] == ["Boiler maintenance, Your service company"]
    assert parse_qs(urlsplit(outlook).query)["startdt"] == ["2026-12-01T13:00:00Z"]
    ana.change(lambda _session, visit: setattr(visit.site, "lat", None))
    assert parse_qs(urlsplit(osm).query).keys() == {"mlat", "mlon"}
    assert "Show on the map" not in ana.open().text
    for link in page.root.all("a"):
        if link.attributes["href"].startswith("http"):
            assert link.attributes["rel"] == "noreferrer"
            assert ana.path not in link.attributes["href"]
    with_terms(show_technician=False)
    assert "will come to you" not in ana.open().text


def test_the_calendar_file_keeps_its_name_and_counts_up(ana: Ana) -> None:
    client = ana.visitor.client
    assert client.get(f"{ana.path}/1/appointment.ics").status_code == 404
    page = ana.visitor.press(ana.open(), "Confirm this time")
    first = client.get(page.link("Add to calendar"))
    ana.visitor.press(review(ana, THURSDAY_AFTERNOON), "Move my appointment")
    second = client.get(page.link("Add to calendar"))
    assert (second.mimetype, second.headers["Cache-Control"]) == ("text/calendar", "no-store")
    old, new = (_entry(answer.data) for answer in (first, second))
    assert new.uid == old.uid
    assert (old.sequence, new.sequence) == (1, 2)
    assert new.start == datetime(2026, 12, 3, 18, tzinfo=UTC)
    assert new.summary == "Boiler maintenance, Your service company"


def _entry(file: bytes) -> CalendarEvent:
    [entry] = Calendar.from_ical(file).walk("VEVENT")
    assert isinstance(entry, CalendarEvent)
    return entry
