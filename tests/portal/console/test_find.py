"""Finding anything from every page, and the lists that what is found comes from."""

import pytest
from sqlalchemy import select

from portal.transaction import transaction
from scheduling.models import Customer, Location, Visit
from tests.factories import TUESDAY, make_customer, make_visit
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World


@pytest.fixture
def dana(people: People) -> Browser:
    return people.dana()


@pytest.mark.parametrize(
    "typed",
    [
        "+12025550143", "+1 202-555-0143", "001 202 555 0143", "(202) 555-0143", "202.555.0143", "5550143",
        "ANA@example.com",
    ],
)  # fmt: skip
def test_the_only_customer_opens_directly(dana: Browser, world: World, typed: str) -> None:
    page = dana.get("/find", query_string={"q": typed})
    assert page.response.request.path == f"/customers/{world.customer}"


@pytest.mark.parametrize("typed", ["079 123 45 67", "+41 (0)79 123 45 67", "0041791234567", "791234567"])
def test_a_number_as_it_is_dialled_at_home_is_found(dana: Browser, world: World, typed: str) -> None:
    with transaction() as session:
        ref = make_customer(session, name="Beat Muster", phone="+41791234567").ref
    assert dana.get("/find", query_string={"q": typed}).response.request.path == f"/customers/{ref}"


def test_a_number_that_could_not_be_read_is_found_too(dana: Browser, world: World) -> None:
    with transaction() as session:
        ref = make_customer(session, name="Odd", phone="0664 / 12-34 56").ref
    assert dana.get("/find?q=0664123456").response.request.path == f"/customers/{ref}"


def test_a_visits_number_and_ref_open_it(dana: Browser, world: World) -> None:
    with transaction() as session:
        number = session.scalars(select(Visit.number).where(Visit.ref == world.visit)).one()
    for typed in (f"#{number}", str(number), world.visit):
        assert dana.get("/find", query_string={"q": typed}).response.request.path == f"/visits/{world.visit}"


def test_several_are_grouped(dana: Browser, world: World) -> None:
    page = dana.get("/find?q=oak street")
    assert [node.text for node in page.root.all("h2")] == ["2 customers", "2 visits"]


def test_digits_in_an_address_are_no_phone_number(dana: Browser, world: World) -> None:
    assert "Nothing found" in dana.get("/find?q=Elm 5550143").text


def test_nothing_typed_says_what_can_be(dana: Browser, world: World) -> None:
    assert "Find anything" in dana.get("/find?q=").text


def test_a_customer_on_the_phone_is_moved_in_five_steps(dana: Browser, world: World) -> None:
    """Type and enter, find another time, choose, move: the customer's file leads there at once."""
    file = dana.get("/find?q=202 555 0143")
    times = dana.get(file.link("Find another time"))
    slots = [node.attributes["value"] for node in times.root.all("input", name="slot")]
    moved = dana.press(times, "Move the visit", slot=slots[-1])
    assert "is planned" in moved.text


class TestLists:
    def names(self, page: Page) -> list[str]:
        return [node.text for node in page.root.all("a") if "/customers/" in node.attributes["href"] and node.text]

    @pytest.fixture
    def zoe(self, world: World) -> str:
        with transaction() as session:
            location = session.get_one(Location, world.location_id)
            return make_visit(session, location, customer=make_customer(session, name="Zoe Last"), north=1).ref

    @pytest.mark.parametrize(("sort", "first"), [("customer", "Ana Example"), ("-customer", "Zoe Last")])
    def test_visits_sort_both_ways(self, dana: Browser, zoe: str, sort: str, first: str) -> None:
        page = dana.get(f"/visits?sort={sort}")
        assert next(name for name in self.names(page) if name != "New customer") == first

    @pytest.mark.parametrize(
        "sort", ["number", "-promised", "technician", "type", "status", "confirmation", "nonsense"]
    )
    def test_every_column_sorts(self, dana: Browser, zoe: str, sort: str) -> None:
        assert "1–3 of 3 visits" in dana.get(f"/visits?sort={sort}").text

    def test_a_columns_head_keeps_the_filters(self, dana: Browser, world: World) -> None:
        page = dana.get(f"/visits?status=planned&day={TUESDAY}&page=1&_external=1")
        link = page.link("Customer")
        assert link == f"/visits?status=planned&day={TUESDAY}&sort=customer"
        assert 'aria-sort="ascending"' in dana.get(link).response.text

    def test_day_and_technician_are_filters(self, dana: Browser, zoe: str, world: World) -> None:
        for query in (f"day={TUESDAY}", f"technician={world.technician_id}"):
            assert "1–1 of 1 visits" in dana.get(f"/visits?{query}").text
        assert "No visit fits" in dana.get("/visits?day=2026-12-24").text

    def test_customers_sort_by_name(self, dana: Browser, zoe: str) -> None:
        page = dana.get("/customers?sort=-name")
        names = [name for name in self.names(page) if name != "New customer"]
        assert names == sorted(names, key=str.lower, reverse=True)


def test_the_file_says_who_wrote_the_consent_and_when_there(dana: Browser, world: World) -> None:
    with transaction() as session:
        ana = session.scalars(select(Customer).where(Customer.ref == world.customer)).one()
        ana.consents[0].at = ana.consents[0].at.replace(hour=2, minute=30)
        for visit in session.scalars(select(Visit).where(Visit.ref == world.visit)):
            visit.earlier = True
    page = dana.get(f"/customers/{world.customer}")
    assert "21:30" in page.text
    assert "Earlier if possible" in page.text
