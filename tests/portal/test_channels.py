"""The channels' page: what is set up and how it does, a test to oneself, and never a secret."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from notifications import lanes
from notifications.models import Message
from portal.admin.channels import warning
from portal.config import Config
from portal.models import AuditEntry, Role, User
from portal.transaction import transaction
from tests.people import People
from tests.portal.conftest import World

Make = Callable[..., Config]


def test_nothing_set_up_says_which_settings_are_missing(people: People, world: World, make_config: Make) -> None:
    people.app.config["PORTAL"] = make_config(channels="live")
    page = people.ada().get("/settings/channels")
    assert page.text.count("Not set up") == 2
    assert "PORTAL_TWILIO_ACCOUNT_SID" in page.text
    assert "PORTAL_SMTP_URL" in page.text


def test_senders_are_named_and_secrets_are_not(people: People, world: World, make_config: Make) -> None:
    people.app.config["PORTAL"] = make_config(
        channels="live",
        twilio_account_sid="AC-account",
        twilio_auth_token="the-token",
        twilio_from="Northside",
        smtp_url="smtps://user:the-password@mail.example.com",
        mail_from="Northside <hello@example.com>",
    )
    page = people.ada().get("/settings/channels")
    assert page.text.count("Set up, nothing sent yet") == 2
    assert "Northside <hello@example.com>" in page.text
    assert "mail.example.com" in page.text
    assert "a name can’t receive replies" in page.text
    everything = page.response.get_data(as_text=True)
    assert not [secret for secret in ("AC-account", "the-token", "the-password") if secret in everything]


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("+12025550100", ""),
        ("MG0123456789abcdef", ""),
        ("", ""),
        ("Northside", "can’t receive replies"),
        ("Northside Heating", "at most 11 letters and digits"),
        ("Chauffage+", "at most 11 letters and digits"),
    ],
)
def test_what_is_to_be_known_of_a_sender(sender: str, words: str) -> None:
    assert words in warning(sender)
    assert bool(words) is bool(warning(sender))


def test_with_the_console_nothing_leaves_the_machine_and_that_is_said(
    people: People, world: World, make_config: Make
) -> None:
    people.app.config["PORTAL"] = make_config(channels="console")
    ada = people.ada()
    page = ada.get("/settings/channels")
    assert "Nothing leaves this machine" in page.text
    tested = ada.press(page, "Send a test e-mail")
    assert "A test e-mail goes to administrator@example.com Queued" in tested.text
    with transaction() as session:
        assert session.scalars(select(Message.subject)).all() == ["Test: the portal’s e-mail works"]


def test_a_test_sms_needs_a_number(people: People, world: World, make_config: Make) -> None:
    people.app.config["PORTAL"] = make_config(channels="console")
    ada = people.ada()
    page = ada.get("/settings/channels")
    assert "Type the number" in ada.press(page, "Send a test SMS", 422).text
    refused = ada.press(page, "Send a test SMS", 422, number="12")
    assert refused.root.all("input", name="number")[0].attributes["value"] == "12"
    assert "A test SMS goes to +1 202-555-0143" in ada.press(page, "Send a test SMS", number="+1 202 555 0143").text
    with transaction() as session:
        session.get_one(User, people.ids[Role.ADMINISTRATOR]).phone = "+12025550199"
    assert "goes to +1 202-555-0199" in ada.press(ada.get("/settings/channels"), "Send a test SMS").text


def test_a_channel_that_is_none_is_not_tested(people: People, world: World) -> None:
    ada = people.ada()
    assert ada.send("/settings/channels/pigeon/test").status_code == 404


def test_a_stopped_lane_says_why_and_is_released(people: People, world: World) -> None:
    with transaction() as session:
        lanes.stop(session, "sms", "credentials 20003")
    ada = people.ada()
    page = ada.get("/settings/channels")
    assert "SMS is stopped since Mon, Nov 30" in page.text
    assert "The provider refused our credentials" in page.text
    assert "Code 20003." in page.text
    assert "Sending is released" in ada.press(page, "Release SMS").text
    with transaction() as session:
        assert lanes.is_open(session, "sms")
        assert [entry.action for entry in session.scalars(select(AuditEntry).where(AuditEntry.area == "channel"))] == [
            "released"
        ]
