"""The door: bad tokens, expired links and their renewal, languages, what is sent with every page."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from notifications import seeding
from notifications.models import Invitation, Message
from portal import links
from portal.appearance import LinkTexts, PageTexts, Style, contrast, readable
from portal.transaction import transaction
from scheduling import settings
from tests.conftest import SetClock
from tests.page import Visitor
from tests.portal.customer.conftest import Ana, with_terms


def test_every_bad_token_gets_the_same_page(app: Flask, ana: Ana) -> None:
    client = app.test_client()
    changed = ana.path[:-1] + ("a" if ana.path[-1] != "a" else "b")
    unknown = f"/c/{links.of_this_portal().token(Invitation(key=1))}"
    answers = [client.get(path) for path in (changed, unknown, "/c/x", f"/c/{'A' * 24}", f"{changed}/1/slots")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    page = Visitor(client).get("/c/x", 404, headers={"Accept-Language": "fr-CA,fr;q=0.9"})
    assert page.h1 == "Ce lien ne mène nulle part"


@pytest.mark.parametrize("path", ["/x.css", "/2/slots", "/0/slots", "/1/x", "/1/slots/x.css", "/-1/slots"])
def test_what_a_link_has_no_page_for_is_not_found(ana: Ana, path: str) -> None:
    assert ana.visitor.client.get(ana.path + path).status_code == 404


def test_many_bad_tokens_are_slowed_down_and_good_ones_never(app: Flask, ana: Ana) -> None:
    client = app.test_client()
    statuses = [client.get(f"/c/{number:024}").status_code for number in range(22)]
    assert statuses == [404] * 20 + [429] * 2
    assert ana.open().status == 200
    elsewhere = client.get("/c/x", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 404


def test_an_expired_link_can_be_renewed_thrice_a_day(ana: Ana, now: SetClock) -> None:
    with transaction() as session:
        seeding.seed(session)
    ana.change(lambda session, visit: setattr(session.scalars(select(Invitation)).one(), "expires_at", now()))
    now.advance(seconds=1)
    page = ana.open()
    for _ in range(3):
        renewed = ana.visitor.press(page, "Send me a new link")
        assert "A new link is on its way" in renewed.text
        assert not renewed.has_button("Send me a new link")
        ana.visitor.press(page, "Send me a new link")
        now.advance(hours=2)
    refused = ana.visitor.press(page, "Send me a new link", 429)
    assert "several new links today" in refused.text
    with transaction() as session:
        fresh = session.scalars(select(Invitation).where(Invitation.expires_at > now())).all()
        messages = session.scalars(select(Message)).all()
    assert len(fresh) == len(messages) == 3
    assert {message.recipient for message in messages} == {ana.phone()}


def test_a_new_link_keeps_the_allowed_days_of_the_old_one(ana: Ana, now: SetClock) -> None:
    with transaction() as session:
        seeding.seed(session)
        old = session.scalars(select(Invitation)).one()
        old.expires_at, old.allowed_days = now(), [["2026-12-01", "2026-12-03"]]
    with_terms(choose_days=False)
    now.advance(days=1)
    ana.visitor.press(ana.open(), "Send me a new link")
    with transaction() as session:
        fresh = session.scalars(select(Invitation).where(Invitation.expires_at > now())).one()
        assert fresh.allowed_days == [["2026-12-01", "2026-12-03"]]


def looked_at(ana: Ana) -> datetime | None:
    with transaction() as session:
        return session.scalars(select(Invitation)).one().looked_at


def test_a_link_is_looked_at_once_a_script_says_so(ana: Ana, now: SetClock) -> None:
    """No GET counts, however many programs read the link."""
    page = ana.open()
    ana.visitor.get(f"{ana.path}/1/wishes")
    assert looked_at(ana) is None
    url, first = page.root.all("body")[0].attributes["data-seen"], now()
    for _ in range(2):
        answer = ana.visitor.client.post(url)
        assert (answer.status_code, answer.data) == (204, b"")
        now.advance(hours=1)
    assert looked_at(ana) == first


def test_a_link_is_looked_at_when_a_form_comes_from_it(ana: Ana, now: SetClock) -> None:
    page = ana.open()
    ana.visitor.press(page, "Confirm this time", 400, nonce="")
    assert looked_at(ana) is None
    ana.visitor.press(page, "Confirm this time")
    assert looked_at(ana) == now()


def test_nobody_looks_at_a_link_that_has_expired(ana: Ana, now: SetClock) -> None:
    now.advance(days=15)
    assert "data-seen" not in ana.open().root.all("body")[0].attributes
    ana.visitor.client.post(f"{ana.path}/seen")
    assert looked_at(ana) is None


@pytest.mark.parametrize("path", ["/c", "/c/", "/c/x/y/z", "/c/x/1/confirm"])
def test_a_broken_link_ends_on_a_page_for_customers_in_their_language(app: Flask, path: str) -> None:
    page = Visitor(app.test_client()).get(path, 404, headers={"Accept-Language": "de"})
    assert page.h1 == "Dieser Link führt nirgendwohin"
    assert "Console" not in page.text
    assert Visitor(app.test_client()).get(f"{path}?lang=fr", 404).h1 == "Ce lien ne mène nulle part"


def test_what_is_too_large_is_refused_in_the_customers_language(ana: Ana) -> None:
    page = ana.visitor.post(f"{ana.path}/1/confirm?lang=de", {"nonce": "x" * 70_000}, 413)
    assert page.h1 == "Das konnte nicht gelesen werden"
    assert "Es wurde nichts geändert." in page.text


def test_a_customer_who_cannot_be_reached_is_told_to_call(ana: Ana, now: SetClock) -> None:
    now.advance(days=15)
    assert "Call us" in ana.visitor.press(ana.open(), "Send me a new link", 409).text


def test_pages_speak_the_customers_language_and_stay_in_the_one_asked_for(ana: Ana) -> None:
    ana.change(lambda _session, visit: setattr(visit.customer, "locale", "de-CH"))
    page = ana.open()
    assert page.h1 == "Ihr Termin"
    assert page.root.all("html")[0].attributes["lang"] == "de-CH"
    assert "Dienstag, 1. Dezember" in page.text
    assert "Heizungswartung" in page.text
    french = ana.visitor.get(page.link("Français"))
    assert french.h1 == "Votre rendez-vous"
    assert "mardi 1 décembre" in french.text
    slots = ana.visitor.get(french.link("Choisir un autre moment"))
    assert slots.h1 == "Choisir un autre moment"
    chosen = ana.visitor.press(slots, "Continuer", slot="2026-12-03T13:00-15:00")
    assert ana.visitor.press(chosen, "Déplacer mon rendez-vous").h1 == "Votre rendez-vous"
    assert "See you on Thursday" in ana.open(lang="en").text


@pytest.mark.parametrize("lang", ["xx", "../de", "EN", ""])
def test_an_unknown_language_is_passed_over(ana: Ana, lang: str) -> None:
    assert ana.open(lang=lang).h1 == "Your appointment"


def test_the_administrators_texts_come_first_and_fall_back(ana: Ana) -> None:
    english = PageTexts(title="Your boiler", after_confirm="Until then.", error="Sorry.")
    with transaction() as session:
        settings.save(session, LinkTexts(by_language={"en": english, "fr": PageTexts(title="Votre chaudière")}))
    page = ana.open()
    assert page.h1 == "Your boiler"
    assert "Until then. See you on Tuesday." in ana.visitor.press(page, "Confirm this time").text
    assert ana.open(lang="fr").h1 == "Votre chaudière"
    assert ana.open(lang="de").h1 == "Your boiler"
    refused = ana.visitor.press(page, "Confirm this time", 400, nonce="")
    assert refused.root.all(role="alert")[0].text.startswith("Sorry. The form was incomplete")


def test_texts_are_escaped(ana: Ana) -> None:
    with transaction() as session:
        settings.save(session, LinkTexts(by_language={"en": PageTexts(description="<b onclick=x>Hi</b>")}))
    assert "<b onclick=x>Hi</b>" in ana.open().text


def test_the_companys_colour_is_readable_in_light_and_dark(ana: Ana) -> None:
    with transaction() as session:
        settings.save(session, Style(accent="#ffee00", radius=2))
    page = ana.open()
    [_, own] = (node.attributes["href"] for node in page.root.all("link", rel="stylesheet"))
    answer = ana.visitor.client.get(own)
    assert answer.mimetype == "text/css"
    assert "--radius:2px" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    for colour in ("#ffee00", "#000000", "#ffffff", "#17598a", "#777777"):
        assert contrast(readable(colour, ("#ffffff",)), "#ffffff") >= 4.5
        assert contrast(readable(colour, ("#14181c",)), "#14181c") >= 4.5


@pytest.mark.parametrize("query", ["endpoint=x", "_scheme=javascript&_external=1", "_anchor=x&_method=POST"])
def test_the_languages_lead_to_this_page_whatever_the_address_says(ana: Ana, query: str) -> None:
    page = ana.visitor.get(f"{ana.path}?{query}")
    assert page.link("Deutsch") == f"{ana.path}?lang=de"
