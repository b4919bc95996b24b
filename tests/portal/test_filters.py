"""How pages write dates, times, distances and numbers, and where their assets are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask, g

from portal import filters

DAY = date(2026, 12, 1)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Flask]:
    """A request of an application with nothing but assets."""
    app = Flask("page", static_folder=str(tmp_path))
    with app.test_request_context():
        yield app


@pytest.mark.parametrize(
    ("locale", "long", "short", "weekday", "clock", "distance"),
    [
        ("en", "Tuesday, December 1", "Tue, Dec 1", "Tuesday", "8:05", "6.2 km"),
        ("en_US", "Tuesday, December 1", "Tue, Dec 1", "Tuesday", "8:05", "3.9 mi"),
        ("en-GB", "Tuesday, 1 December", "Tue 1 Dec", "Tuesday", "8:05", "3.9 mi"),
        ("de-CH", "Dienstag, 1. Dezember", "Di., 1. Dez.", "Dienstag", "08:05", "6.2 km"),
        ("fr", "mardi 1 décembre", "mar. 1 déc.", "mardi", "08:05", "6,2 km"),
        ("no such", "Tuesday, December 1", "Tue, Dec 1", "Tuesday", "8:05", "6.2 km"),
    ],
)
def test_each_language_writes_as_it_does(
    page: Flask, locale: str, long: str, short: str, weekday: str, clock: str, distance: str
) -> None:
    g.locale = locale
    assert (filters.long_day(DAY), filters.short_day(DAY), filters.weekday(DAY)) == (long, short, weekday)
    assert filters.clock(time(8, 5)) == filters.clock(datetime(2026, 12, 1, 8, 5, tzinfo=UTC)) == clock
    assert filters.distance(6213) == distance


def test_an_interval(page: Flask) -> None:
    assert filters.between((time(8), time(10))) == "8:00 – 10:00"


@pytest.mark.parametrize(("number", "read"), [("+12025550143", "+1 202-555-0143"), ("call me", "call me"), ("", "")])
def test_numbers_are_spaced_and_other_texts_left_alone(number: str, read: str) -> None:
    assert filters.phone(number) == read


def test_the_address_of_an_asset_changes_with_its_content(page: Flask, tmp_path: Path) -> None:
    assert "?v=" not in filters.asset("customer.css")
    sheet = tmp_path / "customer.css"
    sheet.write_text("a{}")
    first = filters.asset("customer.css")
    sheet.write_text("b{}\n")
    assert "?v=" in first
    assert filters.asset("customer.css") != first
