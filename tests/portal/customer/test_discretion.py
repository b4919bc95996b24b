"""What a forwarded link says: first name, street without number."""

import pytest

from portal.customer import discretion


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        ("1412 Oak Street, Arlington", "Oak Street, Arlington"),
        ("1412 Oak Street, Apt 4B, Arlington, VA 22201", "Oak Street, Arlington, VA 22201"),
        ("12 1/2 Oak Street, #3, Arlington", "Oak Street, Arlington"),
        ("1200 A Street NE, Washington", "A Street NE, Washington"),
        ("16th Street NW, Washington", "16th Street NW, Washington"),
        ("1600 16th Street NW, Washington", "16th Street NW, Washington"),
        ("Städtle 43, 9490 Vaduz", "Städtle, 9490 Vaduz"),
        ("Hauptstraße 12 a, Tür 7, 1010 Wien", "Hauptstraße, 1010 Wien"),
        ("Hauptstraße 12-14, 1010 Wien", "Hauptstraße, 1010 Wien"),
        ("12 bis rue de la Paix, 75002 Paris", "rue de la Paix, 75002 Paris"),
        ("12, rue de la Paix, 75002 Paris", "rue de la Paix, 75002 Paris"),
        ("Schaan", "Schaan"),
        ("", ""),
        (" , ", ""),
    ],
)
def test_an_address_without_its_number(whole: str, told: str) -> None:
    assert discretion.address(whole, whole=False) == told


def test_the_whole_address() -> None:
    assert discretion.address("1412 Oak Street ,Apt 4", whole=True) == "1412 Oak Street, Apt 4"


@pytest.mark.parametrize(
    ("name", "first"), [("Ana Frick", "Ana"), ("Frick, Ana", "Ana"), ("Ana", "Ana"), ("", ""), ("Frick,", "")]
)
def test_a_first_name(name: str, first: str) -> None:
    assert discretion.first_name(name) == first
