"""Who can be reached, and why not."""

import pytest

from notifications.company import SmsLimits
from notifications.contacts import obstacle
from notifications.context import Party
from notifications.models import ChannelName
from notifications.reasons import SENTENCES, Reason, sentence


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("+12025550143", None),
        ("+33611223344", None),
        ("+4232345678", None),
        (None, Reason.NO_NUMBER),
        ("", Reason.NO_NUMBER),
        ("0611223344", Reason.BAD_NUMBER),
        ("+33 6 11 22 33 44", Reason.BAD_NUMBER),
        ("+1555", Reason.BAD_NUMBER),
        ("112", Reason.BAD_NUMBER),
        ("+19005550100", Reason.PREMIUM_NUMBER),
    ],
)
def test_numbers(number: str | None, reason: Reason | None) -> None:
    assert obstacle(Party("user:1", "Dana", phone=number), ChannelName.SMS) is reason


def test_countries_may_be_listed() -> None:
    limits = SmsLimits(countries=("LI", "CH"))
    assert obstacle(Party("user:1", "Dana", phone="+33611223344"), ChannelName.SMS, limits=limits) is (
        Reason.FOREIGN_NUMBER
    )
    assert obstacle(Party("user:1", "Dana", phone="+4232345678"), ChannelName.SMS, limits=limits) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ana@example.com", None),
        ("ana+tag@mail.example.co.uk", None),
        (None, Reason.NO_EMAIL),
        ("ana", Reason.BAD_EMAIL),
        ("ana@example", Reason.BAD_EMAIL),
        ("ana@example.com, eve@example.com", Reason.BAD_EMAIL),
        ("ana@example.com\nBcc: eve@example.com", Reason.BAD_EMAIL),
        ("a" * 250 + "@example.com", Reason.BAD_EMAIL),
    ],
)
def test_addresses(address: str | None, reason: Reason | None) -> None:
    assert obstacle(Party("user:1", "Dana", email=address), ChannelName.EMAIL) is reason


def test_every_reason_is_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(text.endswith(".") for text in SENTENCES.values())
    assert (sentence("no_number"), sentence(None), sentence("else")) == ("No phone number is on file.", "", "else")
