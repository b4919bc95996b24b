"""What administrators set, and what is refused with nothing typed lost."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from notifications import lanes
from notifications.company import Company
from portal.appearance import LinkTexts, Style
from portal.models import Role, User
from portal.transaction import transaction
from scheduling import settings
from scheduling.models import Location, Route, Technician
from scheduling.settings import G
from scheduling.terms import LinkTerms
from tests.page import Page
from tests.people import People
from tests.portal.conftest import World


def stored(group: type[G]) -> G:
    with transaction() as session:
        return settings.load(session, group)


def slots_on(page: Page) -> list[tuple[str, str]]:
    starts, ends = (
        [node.attributes["value"] for node in page.root.all("input", name=name)] for name in ("start", "end")
    )
    return list(zip(starts, ends, strict=True))


def test_link_settings_are_kept(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.get("/settings/link")
    ada.press(page, "Save the link settings", act="save", validity_days="7", max_detour_km="2.5", lock="time")
    terms = stored(LinkTerms)
    assert (terms.validity_days, terms.max_detour, terms.lock, terms.rescheduling) == (7, 2500, "time", True)
    assert terms.slots == LinkTerms().slots


def test_an_unticked_box_is_off(people: People, world: World) -> None:
    ada = people.ada()
    ada.press(ada.get("/settings/link"), "Save the link settings", act="save", rescheduling=[])
    assert not stored(LinkTerms).rescheduling


@pytest.mark.parametrize(
    ("field", "value"), [("validity_days", "0"), ("validity_days", "x"), ("max_detour_km", "-1"), ("hold_minutes", "")]
)
def test_impossible_terms_are_refused_and_stay_in_the_form(
    people: People, world: World, field: str, value: str
) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {field: value, "act": "save", "notice_hours": "48"}
    page = ada.press(ada.get("/settings/link"), "Save the link settings", 422, **changes)
    assert "This could not be saved" in page.text
    assert page.root.all("input", name="notice_hours")[0].attributes["value"] == "48"
    assert stored(LinkTerms) == LinkTerms()


def test_slots_are_added_moved_and_removed_without_a_script(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.press(ada.get("/settings/link"), "Add a slot", act="add", notice_hours="48")
    assert slots_on(page)[-1] == ("", "")
    page = ada.press(page, "Add a slot", act="remove 4")
    page = ada.press(page, "Add a slot", act="down 0")
    assert slots_on(page) == [("10:00", "12:00"), ("08:00", "10:00"), ("13:00", "15:00"), ("15:00", "17:00")]
    assert stored(LinkTerms) == LinkTerms()
    ada.press(page, "Save the link settings", act="save")
    assert [slot.start.hour for slot in stored(LinkTerms).slots] == [10, 8, 13, 15]
    assert stored(LinkTerms).notice_hours == 48


@pytest.mark.parametrize(("start", "end"), [("10:00", "08:00"), ("10:00", ""), ("x", "y")])
def test_a_slot_that_is_none_is_refused(people: People, world: World, start: str, end: str) -> None:
    ada = people.ada()
    page = ada.press(ada.get("/settings/link"), "Save the link settings", 422, act="save", start=[start], end=[end])
    assert "This could not be saved Two times, the second after the first" in page.text
    assert slots_on(page) == [(start, end)]


def test_texts_are_kept_by_language(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"de-title": "Ihr Termin bei uns"}
    ada.press(ada.get("/settings/link"), "Save the link settings", act="save", **changes)
    texts = stored(LinkTexts)
    assert texts.of("de", "en").title == "Ihr Termin bei uns"
    assert "Ihr Termin bei uns" in ada.get("/settings/link").response.get_data(as_text=True)


def test_company_and_style_are_kept(people: People, world: World) -> None:
    ada = people.ada()
    ada.press(ada.get("/settings/style"), "Save company and style", name="Oak Heating", accent="#ffee00", radius="4")
    assert stored(Company).name == "Oak Heating"
    assert stored(Style).accent == "#ffee00"
    page = ada.press(ada.get("/settings/style"), "Save company and style", 422, accent="red", name="Elm")
    assert page.root.all("input", name="name")[0].attributes["value"] == "Elm"


def test_inviting_and_shutting_out(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.get("/settings/people/invite")
    made = ada.press(page, "Invite the person", name="Mia", email="Mia@Example.com", role="manager")
    assert "/password/" in made.text, "mail isn't set up, so the link is shown"
    again = ada.press(page, "Invite the person", 422, name="Mia", email="mia@example.com", role="manager")
    assert "has this address already" in again.text
    ada.press(made, "Shut out")
    with transaction() as session:
        assert session.scalars(select(User).where(User.email == "mia@example.com")).one().disabled_at


def test_the_last_administrator_keeps_the_role(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.get(f"/settings/people/{people.ids[Role.ADMINISTRATOR]}")
    assert "last administrator" in ada.press(page, "Save the person", 409, role="dispatcher").text
    assert people.user(Role.ADMINISTRATOR).role is Role.ADMINISTRATOR


def test_hours_and_absences_open_and_close_days(people: People, world: World) -> None:
    ada = people.ada()
    path = f"/settings/technicians/{world.technician_id}"
    ada.press(ada.get(path), "Save the technician", start_5="08:00", end_5="16:00", skills="gas, heat pumps")
    with transaction() as session:
        technician = session.get_one(Technician, world.technician_id)
        assert (technician.hours, technician.skills) == ({"5": ["08:00", "16:00"]}, ["gas", "heat pumps"])
        assert session.scalar(select(Route).where(Route.day == FRIDAY)) is not None
    ada.press(ada.get(path), "Add the days", first="2026-12-04", last="2026-12-04", reason="Course")
    with transaction() as session:
        assert session.scalar(select(Route).where(Route.day == FRIDAY)) is None
    ada.press(ada.get(path), "Remove")
    with transaction() as session:
        assert session.scalar(select(Route).where(Route.day == FRIDAY)) is not None


def test_skills_make_slots_be_reckoned_again(people: People, world: World) -> None:
    def version() -> int:
        with transaction() as session:
            return session.scalars(select(Route.version).order_by(Route.day)).first() or 0

    before, ada = version(), people.ada()
    ada.press(ada.get(f"/settings/technicians/{world.technician_id}"), "Save the technician", skills="gas")
    assert version() == before + 1


@pytest.mark.parametrize(("start", "end"), [("08:00", ""), ("17:00", "08:00")])
def test_half_a_day_is_refused(people: People, world: World, start: str, end: str) -> None:
    ada = people.ada()
    page = ada.get(f"/settings/technicians/{world.technician_id}")
    refused = ada.press(page, "Save the technician", 422, start_1=start, end_1=end)
    assert refused.root.all("input", name="start_1")[0].attributes["value"] == start


def test_a_location_is_made_and_changed(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.get("/settings/locations/new")
    ada.press(page, "Save the location", 422, name="North", ref="north", zone_name="Mars/Base")
    ada.press(page, "Save the location", 422, name="Main again", ref="main", zone_name="Europe/Vaduz")
    ada.press(page, "Save the location", name="North", ref="north", zone_name="Europe/Vaduz", locale="de")
    with transaction() as session:
        assert session.scalars(select(Location.locale).where(Location.ref == "north")).one() == "de"


FRIDAY = date(2026, 12, 4)


def test_sending_is_released_after_a_restore(people: People, world: World) -> None:
    with transaction() as session:
        lanes.stop(session, lanes.ALL, "restored from a backup")
    ada = people.ada()
    page = ada.get("/settings/channels")
    assert "All sending is stopped" in page.text
    assert "Sending is released" in ada.press(page, "Release sending").text
    with transaction() as session:
        assert lanes.is_open(session, "sms")
