"""The form of the link settings: what each value does is said, slots in their order, nothing typed is lost."""

from typing import Any

import pytest

from portal.appearance import LinkTexts
from portal.transaction import transaction
from scheduling import settings
from scheduling.settings import G
from scheduling.terms import LinkTerms
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World

SAVE = "Save the link settings"
APART: dict[str, Any] = {"weekdays-0": ["1"], "weekdays-1": ["2"]}
"""The first slot on Mondays, the second on Tuesdays."""


def stored(group: type[G]) -> G:
    with transaction() as session:
        return settings.load(session, group)


def shown(page: Page, name: str) -> list[str]:
    """The values of the fields with this name."""
    return [node.attributes.get("value", "") for node in page.root.all("input", name=name)]


def save(ada: Browser, status: int = 200, **changes: Any) -> Page:
    return ada.press(ada.get("/settings/link"), SAVE, status, act="save", **changes)


def test_each_field_says_what_its_number_does(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.press(
        ada.get("/settings/link"), SAVE, act="explain", cut_off_hours="6", max_detour_km="0", hold_minutes="1"
    )
    assert "move his appointment or take back his confirmation until 6 hours before" in page.text
    assert "where no route gets longer by it" in page.text
    assert "kept for 1 minute while" in page.text
    assert "Not saved yet." in page.text
    assert stored(LinkTerms) == LinkTerms()


def test_confirm_only_keeps_what_belongs_to_rescheduling(people: People, world: World) -> None:
    ada = people.ada()
    page = save(ada, rescheduling=[], max_detour_km="4")
    assert "Customers can only confirm" in page.text
    assert "not in force. The values are kept." in page.text
    terms = stored(LinkTerms)
    assert (terms.rescheduling, terms.max_detour_km, len(terms.slots)) == (False, 4, 4)


def test_weekdays_of_a_slot_are_kept(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"weekdays-0": ["1", "5"]}
    save(ada, **changes)
    assert stored(LinkTerms).slots[0].weekdays == (1, 5)
    boxes = ada.get("/settings/link").root.all("input", name="weekdays-0")
    assert [node.attributes["value"] for node in boxes if "checked" in node.attributes] == ["1", "5"]


def test_weekdays_follow_their_slot_through_the_order(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"act": "down 0", "weekdays-0": ["6"]}
    page = ada.press(ada.get("/settings/link"), SAVE, **changes)
    assert shown(page, "start")[:2] == ["10:00", "08:00"]
    ada.press(page, SAVE, act="save")
    assert [slot.weekdays for slot in stored(LinkTerms).slots[:2]] == [(1, 2, 3, 4, 5, 6, 7), (6,)]


def test_rows_are_taken_in_the_order_in_which_they_are_sent(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"row": ["1", "0"], "start": ["10:00", "08:00"], "end": ["12:00", "10:00"]}
    save(ada, **changes, **APART)
    assert [(slot.start.hour, slot.weekdays) for slot in stored(LinkTerms).slots] == [(10, (2,)), (8, (1,))]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weekdays-1": []}, "Tick at least one weekday."),
        ({"start": ["08:00"] * 2, "end": ["10:00"] * 2}, "08:00–10:00 stands in the list already for every day."),
        ({"start": ["", ""], "end": ["", ""]}, "At least one slot is needed."),
    ],
)  # fmt: skip
def test_slots_that_cannot_be_kept_are_said_at_the_slot(
    people: People, world: World, changes: dict[str, Any], sentence: str
) -> None:
    ada = people.ada()
    page = save(ada, 422, notice_hours="48", **changes)
    assert sentence in [node.text for node in page.root.all("p") if "error" in node.attributes.get("class", "")]
    assert f"This could not be saved {sentence}" in page.text
    assert shown(page, "notice_hours") == ["48"]
    assert stored(LinkTerms) == LinkTerms()


def test_the_same_times_on_other_days_are_another_slot(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"start": ["08:00", "08:00"], "end": ["10:00", "10:00"]}
    save(ada, **changes, **APART)
    assert len(stored(LinkTerms).slots) == 2


def test_overlapping_slots_are_kept_and_said(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"start": ["08:00", "09:00"], "end": ["10:00", "11:00"]}
    assert "08:00–10:00 and 09:00–11:00 overlap." in save(ada, **changes).text
    assert "overlap" not in save(ada, **changes, **APART).text


def test_more_slots_than_can_be_kept(people: People, world: World) -> None:
    times = [f"{hour:02}:{minute:02}" for hour in range(5, 18) for minute in (0, 30)]
    changes: dict[str, Any] = {"row": list(range(25)), "start": times[:25], "end": times[1:26]}
    every: dict[str, Any] = {f"weekdays-{number}": ["1"] for number in range(25)}
    assert "At most 24 slots can be kept." in save(people.ada(), 422, **changes, **every).text


def test_defaults_come_back_one_part_at_a_time_and_unsaved(people: People, world: World) -> None:
    ada = people.ada()
    typed: dict[str, Any] = {"max_detour_km": "x", "validity_days": "7", "rescheduling": [], "en-title": "Mine"}
    page = ada.press(ada.get("/settings/link"), SAVE, act="restore offers", **typed)
    assert shown(page, "max_detour_km") == ["10.0"]
    assert shown(page, "validity_days") == ["7"]
    page = ada.press(page, SAVE, act="restore link")
    assert shown(page, "validity_days") == ["14"]
    assert "checked" in page.root.all("input", name="rescheduling")[0].attributes
    page = ada.press(page, SAVE, act="restore texts")
    assert shown(page, "en-title") == [""]
    assert "Not saved yet." in page.text
    assert stored(LinkTerms) == LinkTerms()


def test_what_stands_in_for_an_empty_text_is_shown_and_named(people: People, world: World) -> None:
    ada = people.ada()
    changes: dict[str, Any] = {"en-title": "Our visit", "de-error": "Leider nicht."}
    page = save(ada, **changes)
    [title] = page.root.all("input", name="fr-title")
    assert title.attributes["placeholder"] == "Our visit"
    [error] = page.root.all("textarea", name="fr-error")
    assert error.attributes["placeholder"] not in {"Leider nicht.", "That did not work.", ""}, (
        "the portal's own, in French"
    )
    assert "falls back to English, the language of the branch" in page.text
    assert "An empty text is the portal’s own" in page.text


def test_a_text_that_is_too_long_is_said_with_its_language(people: People, world: World) -> None:
    changes: dict[str, Any] = {"fr-title": "x" * 81, "validity_days": "9"}
    page = save(people.ada(), 422, **changes)
    assert "Français, Title: Field cannot be longer than 80 characters." in page.text
    assert "checked" in page.root.all("input", id="in-fr")[0].attributes, "its tab is open"
    assert shown(page, "fr-title") == ["x" * 81]
    assert stored(LinkTexts) == LinkTexts()
