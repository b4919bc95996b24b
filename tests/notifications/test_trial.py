"""A test message goes to whoever asks for it, and touches nobody else."""

import pytest
from sqlalchemy import func, select

from notifications import deliver, trial
from notifications.company import Company
from notifications.context import Party
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName, Invitation, MessageState
from notifications.scene import Scene
from notifications.templates import Text
from scheduling.models import Confirmation, Visit
from tests.notifications.conftest import DANA, World

LINK = trial.sample_link("https://portal.example.com")
HERSELF = Party("user:1", "Dana", None, "+12025550178", "dana@example.com")
TEXT = Text("Hello {{ customer.name }}: {{ link }}", "About visit {{ visit.number }}")


def try_out(world: World, channel: ChannelName, text: Text = TEXT, to: Party = HERSELF) -> int:
    """Send it once and let it go; returns its id."""
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        scene = Scene(visits=[visit], locale="en", company=Company(), terms=world.terms, link=LINK)
        number = trial.send(session, text, channel, to=to, locale="en", scene=scene, actor=DANA)
    assert number
    deliver.run(world.transaction, number, world.context)
    return number


def test_an_sms_reads_as_the_customers(world: World) -> None:
    try_out(world, ChannelName.SMS)
    (sent,) = world.sms.taken
    assert (sent.recipient, sent.body) == (HERSELF.phone, f"Hello Ana Example: {LINK}")


def test_the_subject_of_an_email_says_that_it_is_a_test(world: World) -> None:
    try_out(world, ChannelName.EMAIL)
    (sent,) = world.email.taken
    assert sent.recipient == HERSELF.email
    assert sent.subject.startswith("Test: About visit ")
    assert LINK in (sent.html or "")


def test_each_press_is_another_message(world: World) -> None:
    assert try_out(world, ChannelName.SMS) != try_out(world, ChannelName.SMS)


def test_nobody_is_invited_and_nothing_is_promised(world: World) -> None:
    try_out(world, ChannelName.EMAIL)
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        assert (visit.confirmation, visit.window) == (Confirmation.NONE, None)
        assert session.scalar(select(func.count(Invitation.id))) == 0


def test_an_address_that_cannot_be_reached_is_said(world: World) -> None:
    number = try_out(world, ChannelName.SMS, to=Party("user:1", "Dana"))
    (message,) = world.messages(id=number)
    assert (message.state, message.reason) == (MessageState.SKIPPED, "no_number")


def test_a_broken_text_is_refused(world: World) -> None:
    with pytest.raises(TemplateInvalid):
        try_out(world, ChannelName.SMS, Text("{{ customer.iban }}"))
