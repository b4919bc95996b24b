"""The file of a customer: contacts checked at entry, consent with who and when."""

import pytest
from sqlalchemy import select

from portal.transaction import transaction
from scheduling.models import ConsentChannel, Customer, Event
from tests.people import People
from tests.portal.conftest import World


def customer(ref: str) -> Customer:
    with transaction() as session:
        found = session.scalars(select(Customer).where(Customer.ref == ref)).one()
        assert found.consents is not None
        assert found.sites is not None
        return found


def test_making_a_customer_and_a_place(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get("/customers/new")
    made = dana.press(
        page,
        "Save the customer",
        name="Boris Sample",
        phone="+33 6 11 22 33 44",
        email="b@example.com",
        consent=["sms"],
    )
    assert "tel:+33611223344" in made.response.get_data(as_text=True)
    placed = dana.press(made, "Add the place", address="1 Elm Street", lat="38.9", lon="-77.0")
    assert "38.90000, -77.00000" in placed.text


@pytest.mark.parametrize("phone", ["06 11 22 33 44", "+33 1", "abc", "+999 123456"])
def test_a_number_without_a_country_is_refused_and_kept_in_the_form(people: People, world: World, phone: str) -> None:
    dana = people.dana()
    page = dana.press(dana.get("/customers/new"), "Save the customer", 422, name="X", phone=phone)
    assert "country code" in page.text
    assert page.root.all("input", id="phone")[0].attributes["value"] == phone


def test_consent_keeps_who_ticked_it_and_when(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/customers/{world.customer}/edit")
    saved = dana.press(page, "Save the customer", consent=["sms", "whatsapp"])
    assert "Dana Dispatch" in saved.text
    word = {consent.channel: (consent.granted, consent.by) for consent in customer(world.customer).consents}
    dispatcher = f"user:{next(iter(people.ids.values()))}"
    assert word[ConsentChannel.SMS] == (True, "test")
    assert word[ConsentChannel.EMAIL] == (False, dispatcher)
    assert word[ConsentChannel.WHATSAPP] == (True, dispatcher)


def test_each_change_is_an_event_with_its_actor(people: People, world: World) -> None:
    dana = people.dana()
    dana.press(dana.get(f"/customers/{world.customer}/edit"), "Save the customer", name="Ana Renamed")
    with transaction() as session:
        event = session.scalars(select(Event).where(Event.kind == "customer.changed")).one()
        assert (event.payload, event.origin) == ({"field": "name", "old": "Ana Example", "new": "Ana Renamed"}, "staff")


def test_a_stale_file_changes_nothing(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/customers/{world.customer}/edit")
    dana.press(page, "Save the customer", name="Ana First")
    dana.press(page, "Save the customer", 409, name="Ana Second")
    assert customer(world.customer).name == "Ana First"


@pytest.mark.parametrize(("lat", "lon"), [("38.9", ""), ("", "-77"), ("91", "0"), ("0", "181")])
def test_half_a_place_is_refused(people: People, world: World, lat: str, lon: str) -> None:
    dana = people.dana()
    page = dana.get(f"/customers/{world.customer}")
    dana.press(page, "Add the place", 422, address="1 Elm Street", lat=lat, lon=lon)
    assert len(customer(world.customer).sites) == 1


@pytest.mark.parametrize(
    ("text", "found"), [("ana ex", True), ("555-0143", True), ("ana@example.com", True), ("_", False)]
)
def test_customers_are_found(people: People, world: World, text: str, found: bool) -> None:
    page = people.dana().get("/customers", query_string={"q": text})
    assert ("ana@example.com" in page.root.all("main")[0].text) is found
