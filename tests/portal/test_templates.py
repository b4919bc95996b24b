"""The template editor without a script: what is shown, refused, copied, replaced, tried and deleted."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from notifications import seeding
from notifications.models import ChannelName, Message, Template, Trigger
from notifications.trial import SAMPLE_TOKEN
from portal.models import AuditEntry, Role, User
from portal.transaction import transaction
from scheduling.models import Location
from tests.factories import make_customer
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World

NEW, NEW_EMAIL = "/settings/templates/new?channel=sms", "/settings/templates/new?channel=email"


@pytest.fixture
def ada(people: People, world: World) -> Browser:
    return people.ada()


def typed(**values: Any) -> dict[str, Any]:
    """A form as filled in; names may hold a dash as `__`."""
    return {name.replace("__", "-"): value for name, value in values.items()}


def act(ada: Browser, page: Page, act: str, status: int = 200, **values: Any) -> Page:
    """Press a button of the editor, which is one form."""
    return ada.press(page, "Save the template", status, act=act, **typed(**values))


def stored(name: str) -> Template | None:
    with transaction() as session:
        found = session.scalars(select(Template).where(Template.name == name)).one_or_none()
        if found:
            list(found.texts)
        return found


def seeded(name: str = seeding.CONFIRM_SMS) -> str:
    """The built-in templates are there; the address of one."""
    with transaction() as session:
        seeding.seed(session)
        number = session.scalars(select(Template.id).where(Template.name == name)).one()
    return f"/settings/templates/{number}"


def box(page: Page, name: str) -> str:
    return page.root.all("textarea", name=name)[0].text


def test_a_template_is_made_and_changed(ada: Browser) -> None:
    body = "Hello {{ customer.name }}: {{ link }}. How was it? https://survey.example.com/a"
    act(ada, ada.get(NEW), "save", name="Short", en__body=body, de__body="Guten Tag {{ link }}")
    template = stored("Short")
    assert template
    assert ({text.locale for text in template.texts}, template.trigger) == ({"en", "de"}, Trigger.MANUAL)
    act(ada, ada.get(f"/settings/templates/{template.id}"), "save", enabled=[], trigger="rule")
    changed = stored("Short")
    assert changed
    assert (changed.enabled, changed.trigger) == (False, Trigger.RULE)
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.area == "template")).all()
        assert [entry.action for entry in entries] == ["created", "changed"]


def test_the_variables_are_listed_with_what_to_type(ada: Browser) -> None:
    page = ada.get(NEW)
    typed_in = {node.attributes["data-insert"] for node in page.root.all("button") if "data-insert" in node.attributes}
    assert {"{{ link }}", "{{ customer.name }}", "{{ visit.window_start|relative_day }}"} <= typed_in
    assert "Ben Tool" in page.text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("Hello {{ customer.nane }}", "Did you mean “customer.name”?"),
        ("a\nb {{ visit.dat }}", "Line 2: there is no variable “visit.dat”. Did you mean “visit.date”?"),
        ("Hello {{", "opened and never closed"),
        ("Hello {link}", "two braces"),
        ("", "at least one language"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_and_stays(ada: Browser, body: str, sentence: str) -> None:
    page = act(ada, ada.get(NEW), "save", 422, name="Wrong", en__body=body)
    assert page.text.count(sentence) >= 2, "on top and beside the field"
    assert box(page, "en-body") == " ".join(body.split())
    assert stored("Wrong") is None


def test_an_email_needs_a_subject(ada: Browser) -> None:
    page = act(ada, ada.get(NEW_EMAIL), "save", 422, name="Letter", fr__body="Bonjour")
    assert "French, subject: An e-mail needs a subject." in page.text


def test_a_name_is_given_once(ada: Browser) -> None:
    seeded()
    page = act(ada, ada.get(NEW), "save", 422, name=seeding.CONFIRM_SMS, en__body="Hello")
    assert "has this name" in page.text


def test_a_missing_language_is_said_and_copied(ada: Browser) -> None:
    page = act(ada, ada.get(NEW), "check", en__body="Hello {{ link }}")
    assert "Customers who read French get the English text." in page.text
    page = act(ada, page, "copy en fr")
    assert box(page, "fr-body") == "Hello {{ link }}"


def test_emptying_the_text_in_the_locations_language_is_not_silent(ada: Browser, world: World) -> None:
    path = seeded()
    with transaction() as session:
        session.get_one(Location, world.location_id).locale = "de-CH"
    page = act(ada, ada.get(path), "save", de__body="")
    assert "Main speaks German" in page.text
    assert "customers there get the one in English" in page.text


def test_the_meter_says_what_costs_money(ada: Browser) -> None:
    body = "C’est demain. " + "x" * 70
    page = act(ada, ada.get(NEW), "check", fr__body=body)
    assert "2 segments 84 of 134 in Unicode, 0.40 credits" in page.text
    assert "Without: 1 segment instead of 2." in page.text
    assert [node.text for node in page.root.all("mark")] == ["’", "’"]
    page = act(ada, page, "plain fr ’")
    assert box(page, "fr-body") == body.replace("’", "'")
    assert "1 segment 84 of 160 in GSM-7, 0.20 credits" in page.text


def test_everything_costly_is_replaced_at_once(ada: Browser) -> None:
    page = act(ada, ada.get(NEW), "plain fr", fr__body="« Où êtes-vous, garçon ? » Œuvre… 🎉")
    assert box(page, "fr-body") == '" Où etes-vous, garcon ? " OEuvre...'


def test_the_worst_case_counts_the_values_on_file(ada: Browser, world: World) -> None:
    with transaction() as session:
        make_customer(session, name="Bartholomew Longfellow")
    page = act(ada, ada.get(NEW), "check", en__body="{{ customer.name }} " + "x" * 145)
    assert "Usually 1 segment 156 of 160" in page.text
    assert "At worst 2 segments 168 of 306" in page.text
    with transaction() as session:
        make_customer(session, name="Łucja")
    assert "Some values hold Ł" in act(ada, page, "check").text


def test_what_is_too_long_is_never_sent_and_that_is_said(ada: Browser) -> None:
    page = act(ada, ada.get(NEW), "check", en__body="x" * 460)
    assert "Longer than 3 segments: it would never be sent." in page.text
    kept = act(ada, page, "save", name="Long")
    assert "takes more than 3 segments" in kept.text


def test_the_script_gets_the_parts_alone(ada: Browser) -> None:
    answer = ada.send(NEW, act="meter", channel="sms", **{"en-body": "Hello"})
    text = answer.get_data(as_text=True)
    assert "<h1" not in text
    assert 'id="check-en"' in text
    assert "5 of 160" in text
    broken = ada.send(NEW, act="meter", channel="sms", **{"en-body": "{{ visit.dat }}"}).get_data(as_text=True)
    assert "Did you mean “visit.date”?" in broken


def test_an_email_is_shown_as_it_will_be_read(app: Flask, ada: Browser) -> None:
    path = seeded(seeding.CONFIRM_EMAIL)
    page = act(ada, ada.get(path), "check", attach_appointment="y")
    assert "Subject Confirmez votre rendez-vous" in page.text
    assert "Attached appointment.ics" in page.text
    frames = page.root.all("iframe")
    assert len(frames) == 3
    assert all(frame.attributes["sandbox"] == "" for frame in frames)
    letter = ada.client.get(f"{path}/letter/fr")
    assert "lundi" in letter.get_data(as_text=True) or "mardi" in letter.get_data(as_text=True)
    assert SAMPLE_TOKEN in letter.get_data(as_text=True)
    assert "sandbox" in letter.headers["Content-Security-Policy"]
    assert letter.headers["X-Frame-Options"] == "SAMEORIGIN"
    unsaved = ada.send(path, act="letter de", **{"de-subject": "Betreff", "de-body": "Neu & <b>"})
    assert "Neu &amp; &lt;b&gt;" in unsaved.get_data(as_text=True)


def test_a_test_goes_to_oneself(ada: Browser, people: People) -> None:
    page = act(ada, ada.get(NEW_EMAIL), "test en", en__subject="Soon", en__body="Hello {{ customer.name }} {{ link }}")
    assert "A test goes to administrator@example.com" in page.text
    assert box(page, "en-body") == "Hello {{ customer.name }} {{ link }}", "what was typed is still there"
    with transaction() as session:
        (message,) = session.scalars(select(Message)).all()
    assert (message.party, message.subject) == (f"user:{people.ids[Role.ADMINISTRATOR]}", "Test: Soon")
    assert SAMPLE_TOKEN in (message.body or "")
    assert "Queued" in ada.client.get(f"/settings/trials/{message.id}").get_data(as_text=True)
    mia = people.browser(Role.MANAGER)
    assert mia.client.get(f"/settings/trials/{message.id}").status_code == 404


def test_without_a_phone_on_file_a_number_is_asked_for(ada: Browser) -> None:
    page = act(ada, ada.get(NEW), "test en", 422, en__body="Hello", number="555")
    assert "country code" in page.text
    page = act(ada, page, "test en", 422, number="")
    assert "Type the number" in page.text
    page = act(ada, page, "test en", number="+1 202 555 0143")
    assert "A test goes to +1 202-555-0143" in page.text
    with transaction() as session:
        assert [message.recipient for message in session.scalars(select(Message))] == ["+12025550143"]


def test_a_phone_on_file_is_used(ada: Browser, people: People) -> None:
    with transaction() as session:
        session.get_one(User, people.ids[Role.ADMINISTRATOR]).phone = "+12025550199"
    page = act(ada, ada.get(NEW), "test en", en__body="Hello")
    assert "A test goes to +1 202-555-0199" in page.text


def test_a_copy_is_off_until_somebody_has_looked_at_it(ada: Browser) -> None:
    page = ada.press(ada.get(seeded()), "Duplicate the template")
    assert page.h1 == f"{seeding.CONFIRM_SMS} (copy)"
    copy, original = stored(page.h1), stored(seeding.CONFIRM_SMS)
    assert copy
    assert original
    assert not copy.enabled
    assert {text.locale: text.body for text in copy.texts} == {text.locale: text.body for text in original.texts}
    assert ada.press(ada.get(seeded()), "Duplicate the template").h1.endswith("(copy 2)")


def test_only_what_nothing_uses_is_deleted(ada: Browser) -> None:
    used = seeded(seeding.NEW_SMS)
    page = ada.get(used)
    assert "It can’t be deleted while a rule sends it" in page.text
    assert "Nothing was deleted" in ada.post(f"{used}/delete", {}).text
    assert stored(seeding.NEW_SMS)
    copy = ada.press(page, "Duplicate the template")
    gone = ada.press(copy, f"Delete “{copy.h1}”")
    assert "is deleted" in gone.text
    assert stored(copy.h1) is None


def test_the_list_says_what_uses_what_and_is_narrowed(ada: Browser) -> None:
    seeded()
    page = ada.get("/settings/templates")
    assert "A customer confirmed: tell dispatchers and the technician" in page.text
    narrowed = ada.get("/settings/templates?channel=email&trigger=manual&q=confirm")
    (row,) = narrowed.root.all("table", class_="table template-list")[0].all("tr")[1:]
    assert row.text.startswith(seeding.CONFIRM_EMAIL)
    assert "No template fits" in ada.get("/settings/templates?q=nothing").text


def test_an_sms_keeps_its_channel(ada: Browser) -> None:
    path = seeded()
    act(ada, ada.get(path), "save", channel="email")
    template = stored(seeding.CONFIRM_SMS)
    assert template
    assert template.channel is ChannelName.SMS
