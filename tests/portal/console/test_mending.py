"""Mending, inside the notify dialog, what keeps a customer from being told, without losing what was chosen."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from notifications import opt_out, seeding
from notifications.models import ChannelName
from portal.transaction import transaction
from scheduling.models import Consent, Customer, Location
from tests.factories import TUESDAY, hours, make_customer, make_route, make_technician, make_visit
from tests.page import Page, values
from tests.people import Browser, People
from tests.portal.conftest import World

DIALOG = f"/notify/{TUESDAY}"
LOST: Mapping[str, dict[str, Any]] = {
    "Nora": {"phone": None, "email": None},
    "Bert": {"phone": "0202 555 01", "email": None},
    "Cleo": {"phone": "+12025550177", "consent": ()},
    "Stan": {"phone": "+12025550178"},
}


@pytest.fixture
def ids(world: World) -> dict[str, int]:
    """Customers of Tuesday who can't be told: no number, a bad one, no consent, and one who said STOP."""
    with transaction() as session:
        seeding.seed(session)
        location = session.get_one(Location, world.location_id)
        visits = [
            make_visit(
                session,
                location,
                customer=make_customer(session, name=f"{name} Example", **contacts),
                north=3,
                window=hours(TUESDAY, 8, 17, location),
            )
            for name, contacts in LOST.items()
        ]
        make_route(session, make_technician(session, location), TUESDAY, visits)
        opt_out.add(session, ChannelName.SMS, "+12025550178")
        return {visit.customer.name.split()[0]: visit.customer_id for visit in visits}


@pytest.fixture
def dana(people: People, ids: dict[str, int]) -> Browser:
    return people.dana()


def fields(page: Page) -> dict[str, list[str]]:
    [form] = page.root.all("form", id="notify")
    return values(form)


def press(dana: Browser, page: Page, act: str, typed: Mapping[str, object] | None = None, status: int = 200) -> Page:
    """Press a button of the dialog after typing something."""
    [form] = page.root.all("form", id="notify")
    return dana.post(form.attributes["action"], {**values(form), "act": act, **(typed or {})}, status)


def by_sms(dana: Browser) -> Page:
    """The dialog with the SMS only."""
    return press(dana, dana.get(DIALOG), "count", {"email": ""})


def said(page: Page) -> str:
    [found] = page.root.all("div", id="notify-count")
    return found.all("p")[0].text


def customer(id_: int) -> Customer:
    with transaction() as session:
        found = session.get_one(Customer, id_)
        assert found.consents is not None
        return found


def test_the_sentence_adds_up(dana: Browser) -> None:
    text = said(by_sms(dana))
    assert text.startswith("0 of 5 will be notified: ")
    for part in ("1 already notified", "1 no number", "1 bad format", "1 no consent", "1 said STOP"):
        assert part in text


def test_a_number_typed_in_place_reaches_the_customer_and_keeps_everything_chosen(
    dana: Browser, ids: dict[str, int]
) -> None:
    number = f"phone-{ids['Nora']}"
    days = {"limited": "on", "first": ["2026-12-03"], "last": ["2026-12-04"]}
    typed = {number: "+1 202 555 0199", f"phone-{ids['Bert']}": "+1 202"}
    page = press(dana, by_sms(dana), f"mend-{ids['Nora']}", {**days, **typed})
    assert said(page).startswith("1 of 5 will be notified: ")
    assert customer(ids["Nora"]).phone == "+12025550199"
    kept = fields(page)
    assert (kept["limited"], kept["first"], kept["last"]) == (["on"], ["2026-12-03"], ["2026-12-04"])
    assert kept[f"phone-{ids['Bert']}"] == ["+1 202"]
    assert number not in kept


def test_a_bad_number_is_refused_beside_its_field_and_stays_typed(dana: Browser, ids: dict[str, int]) -> None:
    number = f"phone-{ids['Bert']}"
    page = press(dana, by_sms(dana), f"mend-{ids['Bert']}", {number: "0203 444"}, 422)
    [field] = page.root.all("input", id=number)
    assert field.attributes["value"] == "0203 444"
    [trouble] = page.root.all("p", id=field.attributes["aria-describedby"])
    assert "country code" in trouble.text
    assert customer(ids["Bert"]).phone == "0202 555 01"


def test_consent_is_ticked_with_who_says_so(dana: Browser, ids: dict[str, int]) -> None:
    page = press(dana, by_sms(dana), f"mend-{ids['Cleo']}", {f"consent-{ids['Cleo']}": "sms"})
    assert said(page).startswith("1 of 5 will be notified: ")
    with transaction() as session:
        consent = session.scalars(select(Consent).where(Consent.customer_id == ids["Cleo"])).one()
        assert (consent.channel, consent.granted, consent.by) == ("sms", True, "user:1")


def test_somebody_elses_change_is_not_overwritten(dana: Browser, ids: dict[str, int]) -> None:
    page = by_sms(dana)
    with transaction() as session:
        session.get_one(Customer, ids["Nora"]).name = "Nora Changed"
    after = press(dana, page, f"mend-{ids['Nora']}", {f"phone-{ids['Nora']}": "+12025550199"}, 422)
    assert "Somebody changed" in after.text
    assert customer(ids["Nora"]).phone is None


def test_stop_can_only_be_taken_back_by_who_said_it(dana: Browser, ids: dict[str, int]) -> None:
    page = by_sms(dana)
    assert "The recipient said STOP." in page.text
    assert not page.root.all("details", id=f"mend-{ids['Stan']}")


def test_only_customers_of_the_dialog_can_be_mended(dana: Browser, ids: dict[str, int]) -> None:
    page = by_sms(dana)
    with transaction() as session:
        stranger = make_customer(session, phone=None).id
    typed = {f"phone-{stranger}": "+12025550199", f"version-{stranger}": "1"}
    press(dana, page, f"mend-{stranger}", typed)
    assert customer(stranger).phone is None
