"""Samples speak the language of the text, touch no session, and have a worst case that is one."""

import pytest
from sqlalchemy.orm import Session

from notifications import meter, render, sample, trial
from notifications.catalogue import CATALOGUE, GROUPS
from notifications.models import ChannelName
from notifications.sample import Setting
from notifications.sms_text import Encoding
from notifications.templates import Text
from tests.conftest import SetClock
from tests.factories import make_customer, make_location

LINK = trial.sample_link("https://portal.example.com")


@pytest.fixture
def here(session: Session, now: SetClock) -> Setting:
    make_location(session, phone="+12025550100")
    return sample.setting(session, LINK)


@pytest.mark.parametrize(
    ("locale", "day"), [("en", "Tuesday, December 1"), ("fr", "mardi 1 décembre"), ("de", "Dienstag, 1. Dezember")]
)
def test_a_sample_speaks_the_language(here: Setting, locale: str, day: str) -> None:
    text = Text("{{ visit.date }}, {{ visit.window_start|date }}, {{ appointments }}")
    body = render.write(text, sample.usual(here, locale), ChannelName.SMS).body
    assert body == f"{day}, {day}, {day}, 10:00-12:00"


def test_every_variable_has_a_sample_and_a_group(here: Setting) -> None:
    values = render.values(CATALOGUE, sample.usual(here, "en"), ChannelName.EMAIL)
    assert not [path for path, value in values.items() if not str(value)]
    assert {variable.group for variable in CATALOGUE.values()} == set(GROUPS)


def test_custom_fields_have_one_too(here: Setting) -> None:
    text = Text("{{ visit.custom.color }} {{ customer.custom.x }} {{ technician.custom.y }}")
    assert render.write(text, sample.usual(here, "en"), ChannelName.SMS).body == "sample sample sample"


def test_samples_belong_to_no_session(session: Session, here: Setting) -> None:
    sample.longest(session, here, "en", CATALOGUE)
    assert not session.new
    assert not session.dirty


def test_the_worst_value_is_the_dearest_on_file(session: Session, here: Setting) -> None:
    assert sample.worst_values(session, ["customer.name", "link"]) == {}
    make_customer(session, name="Bartholomew Longfellow")
    assert sample.worst_values(session, ["customer.name"]) == {"customer.name": "Bartholomew Longfellow"}
    make_customer(session, name="Łucja")
    assert sample.worst_values(session, ["customer.name"]) == {"customer.name": "Łucja"}


def test_without_values_on_file_the_limit_counts(session: Session, here: Setting) -> None:
    reading = meter.read(session, Text("{{ customer.name }}"), here, "en")
    assert reading.worst.units == render.LONGEST[ChannelName.SMS]


def test_the_worst_day_is_the_longest_in_the_language(session: Session, here: Setting) -> None:
    reading = meter.read(session, Text("{{ visit.date }}"), here, "en")
    assert reading.worst.units == len("Wednesday, September 30")


def test_what_comes_out_of_values_is_told_apart(session: Session, here: Setting) -> None:
    make_customer(session, name="Łucja")
    reading = meter.read(session, Text("C’est {{ customer.name }} €"), here, "fr")
    assert [(each.char, each.times, each.plain) for each in reading.costly] == [("’", 1, "'")]
    assert (reading.from_values, reading.doubles) == ("Ł", "€")
    assert reading.size.encoding is Encoding.UCS2
    assert reading.after
    assert reading.after.encoding is Encoding.GSM7
    assert "".join(piece.text for piece in reading.pieces) == "C’est Ana Sample €"
    assert [piece.text for piece in reading.pieces if piece.dear] == ["’"]
