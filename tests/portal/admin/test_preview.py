"""What administrators see of customer pages before they save: true to the form, of nobody, and dead."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered

from portal import appearance
from portal.appearance import LANGUAGES
from portal.customer.preview import PREVIEWS
from portal.customer.state import State
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World
from tests.portal.test_routes_by_role import dump

PATH = "/settings/preview"
TEMPLATES = Path(appearance.__file__).parent / "templates"
STAFF_LOOK = "customer/look.html"
LINK = "/settings/link"


def draft(browser: Browser, **fields: Any) -> Page:
    """The preview of a form with these fields."""
    answer = browser.client.post(PATH, data={"csrf_token": browser.token, **fields})
    assert answer.status_code == 200
    return Page(answer)


def in_force(browser: Browser) -> Page:
    """The preview of what is saved."""
    return Page(browser.client.get(PATH))


def terms(**changes: str) -> dict[str, str]:
    """What the form of the link settings sends, with the boxes for rescheduling and the technician ticked."""
    return {"validity_days": "14", "rescheduling": "y", "show_technician": "y", **changes}


@pytest.mark.parametrize("name", PREVIEWS)
def test_every_page_can_be_seen_and_is_dead(people: People, world: World, name: str) -> None:
    ada = people.ada()
    for language in LANGUAGES:
        page = draft(ada, **{"preview-page": name, "preview-language": language, "preview-scheme": "dark"})
        assert page.h1
        assert page.root.all("html")[0].attributes["lang"].startswith(language)
        assert not page.root.all("script")
        assert not page.root.all("input", name="nonce")
        assert not page.token
        assert {form.attributes["action"] for form in page.root.all("form")} <= {"#"}
        assert all(node.attributes["href"].startswith(("#", "tel:")) for node in page.root.all("a"))


def test_every_template_of_customers_is_among_them(app: Flask, people: People, world: World) -> None:
    shown: set[str] = set()

    def note(_app: Flask, template: Any, **_more: Any) -> None:
        shown.add(template.name)

    ada = people.ada()
    with template_rendered.connected_to(note, app):
        for name in PREVIEWS:
            draft(ada, **{"preview-page": name})
    pages = {
        f"customer/{path.name}"
        for path in (TEMPLATES / "customer").glob("*.html")
        if "layouts/customer.html" in path.read_text()
    }
    assert pages - {STAFF_LOOK} <= shown
    assert set(State) <= set(PREVIEWS)


def test_no_preview_and_no_form_of_one_changes_anything(people: People, world: World) -> None:
    ada = people.ada()
    ada.get(LINK)
    before = dump()
    for name in PREVIEWS:
        page = draft(ada, **{"preview-page": name}, **terms())
        for form in page.root.all("form"):
            sent = {node.attributes["name"]: node.attributes.get("value", "") for node in form.all("input", "button")
                    if node.attributes.get("name")}  # fmt: skip
            assert ada.client.post(PATH, data=sent).status_code == 400, "without the session's token"
            assert ada.client.post(PATH, data={**sent, "csrf_token": ada.token}).status_code == 200, "only shows"
    assert dump() == before


def test_what_stands_in_the_form_is_shown_before_it_is_saved(people: People, world: World) -> None:
    ada = people.ada()
    typed = {"en-title": "Your boiler", "en-description": "", "fr-title": "", "name": "Elm Heating", "phone": ""}
    assert "Your boiler" in draft(ada, **typed).h1
    assert "Elm Heating" in draft(ada, **typed).text
    assert "Your boiler" in draft(ada, **typed, **{"preview-language": "fr"}).h1, "falls back to the branch's language"
    assert "Your boiler" not in in_force(ada).h1
    assert "Ben will come" in draft(ada, **terms(), **{"preview-page": "confirmed"}).text
    off = {name: value for name, value in terms().items() if name != "show_technician"}
    assert "Ben will come" not in draft(ada, **off, **{"preview-page": "confirmed"}).text


def test_confirm_only_shows_no_way_to_move(people: People, world: World) -> None:
    ada = people.ada()
    off = {name: value for name, value in terms().items() if name != "rescheduling"}
    assert "Choose another time" in draft(ada, **terms()).text
    for name in ("ask", "slots", "review"):
        assert "Choose another time" not in draft(ada, **off, **{"preview-page": name}).text


def test_slots_detour_and_weekdays_are_those_of_the_form(people: People, world: World) -> None:
    ada = people.ada()
    row = {"row": "0", "start": "07:00", "end": "09:00", "weekdays-0": "3"}
    wide = draft(ada, **terms(max_detour_km="100"), **row, **{"preview-page": "slots"})
    days = [node.text for node in wide.root.all("legend")]
    assert len(days) >= 2
    assert all(day.startswith("Wednesday") for day in days)
    none = draft(ada, **terms(max_detour_km="0"), **row, **{"preview-page": "slots"})
    assert "There is no other time to choose online." in none.text


def test_a_value_that_cannot_be_used_is_left_as_it_is_stored(people: People, world: World) -> None:
    ada = people.ada()
    page = draft(ada, **terms(validity_days="x", max_detour_km="-3"), accent="red", radius="900")
    assert "valid until" in page.text
    [_, sheet] = [node.attributes["href"] for node in page.root.all("link", rel="stylesheet")]
    assert "%2317598a" in sheet
    assert b"--radius:8px" in ada.client.get(sheet).data


def test_light_and_dark_are_forced(people: People, world: World) -> None:
    ada = people.ada()
    for scheme in ("light", "dark"):
        sheets = draft(ada, **{"preview-scheme": scheme}).root.all("link", rel="stylesheet")
        css = b"".join(ada.client.get(node.attributes["href"]).data for node in sheets)
        assert b"prefers-color-scheme" not in css
        assert f"color-scheme:{scheme}".encode() in css


def test_only_a_page_of_ours_may_frame_it(people: People, world: World) -> None:
    ada = people.ada()
    shown, form = in_force(ada).response.headers, ada.get(LINK).response.headers
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in shown["Content-Security-Policy"]
    assert "script-src" not in shown["Content-Security-Policy"]
    assert form["X-Frame-Options"] == "DENY"
    assert "frame-src 'self'" in form["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in form["Content-Security-Policy"]
    assert people.dana().client.get(PATH).status_code == 404
