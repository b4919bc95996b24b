"""Wall time where clocks are put forward and back, and lengths on the ellipsoid."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from scheduling import travel, wall
from scheduling.errors import NoSuchWallTime
from scheduling.solver.problem import Place

WASHINGTON = ZoneInfo("America/New_York")
FORWARD, BACK = date(2027, 3, 14), date(2026, 11, 1)


def test_a_day_on_which_clocks_change_is_an_hour_shorter_or_longer() -> None:
    assert wall.seconds(wall.instant(FORWARD, time(8), WASHINGTON), FORWARD, WASHINGTON) == 7 * 3600
    assert wall.seconds(wall.instant(BACK, time(8), WASHINGTON), BACK, WASHINGTON) == 9 * 3600


def test_a_time_that_clocks_skip_does_not_exist() -> None:
    with pytest.raises(NoSuchWallTime):
        wall.instant(FORWARD, time(2, 30), WASHINGTON)


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert wall.instant(BACK, time(1, 30), WASHINGTON) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_day_whose_midnight_is_skipped_begins_with_its_first_instant() -> None:
    day, beirut = date(2027, 3, 28), ZoneInfo("Asia/Beirut")
    assert wall.midnight(day, beirut).astimezone(beirut).time() == time(1)


@given(st.integers(0, 86_399), st.sampled_from([FORWARD, BACK, date(2026, 12, 1)]))
def test_seconds_and_moments_are_inverse(elapsed: int, day: date) -> None:
    assert wall.seconds(wall.moment(elapsed, day, WASHINGTON), day, WASHINGTON) == elapsed


near = st.floats(-0.5, 0.5)


@given(st.floats(-80, 80), st.floats(-179, 179), near, near)
def test_lengths_are_the_geodesic_rounded_up(lat: float, lon: float, north: float, east: float) -> None:
    a, b = Place(lat, lon), Place(lat + north, lon + east)
    exact = geodesic((a.lat, a.lon), (b.lat, b.lon)).meters * 1.3
    [[seconds]], [[metres]] = travel.GreatCircle().matrix([a], [b])
    assert -0.002 <= metres - exact <= 1.002
    assert 0 <= seconds - metres * 3.6 / 40 < 1


def test_legs_are_the_same_both_ways_and_keep_the_triangle_inequality() -> None:
    places = [Place(47 + n * 0.07 % 0.9, 9 + n * 0.11 % 0.8) for n in range(30)]
    _, metres = travel.GreatCircle().matrix(places, places)
    assert (metres == metres.T).all()
    through = (metres[:, :, None] + metres[None, :, :]).min(axis=1)
    assert (through >= metres - 1).all()
