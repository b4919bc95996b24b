"""Names for a map without tiles."""

import pytest

from portal.console import towns
from scheduling.solver.problem import Place


@pytest.mark.parametrize(
    ("address", "town", "code"),
    [
        ("1707 6th Street Northwest, Washington, DC 20001", "Washington", "20001"),
        ("Städtle 43, 9490 Vaduz", "Vaduz", "9490"),
        ("Hauptstraße 1, D-10115 Berlin", "Berlin", "10115"),
        ("12 Oak Street, Arlington", "Arlington", ""),
        ("12 Oak Street", "", ""),
        ("1 rue de la Paix, 75002 Paris, FR", "Paris", "75002"),
        ("", "", ""),
    ],
)
def test_town_and_postcode_are_read_out_of_an_address(address: str, town: str, code: str) -> None:
    assert towns.of(address) == (town, code)


def test_a_name_stands_amid_its_places() -> None:
    found = towns.labels([("A 1, 9490 Vaduz", Place(47.0, 9.0)), ("B 2, 9490 Vaduz", Place(47.2, 9.4))])
    assert [(each.name, each.small) for each in found] == [("Vaduz", False), ("9490", True)]
    assert (found[0].place.lat, found[0].place.lon) == pytest.approx((47.1, 9.2))
