"""Every page of the console and of the settings opens, on a small planning and on an empty one."""

import pytest

from portal.models import Role
from tests.people import People
from tests.portal.conftest import World

PATHS = (
    "/start", "/find?q=ana", "/find?q=none", "/visits", "/visits?q=zzz", "/visits?status=planned&page=9", "/customers",
    "/customers?q=ana", "/customers/new", "/messages", "/messages?channel=email", "/messages?failed=1", "/requests",
    "/account", "/settings", "/settings/link", "/settings/style", "/settings/templates",
    "/settings/templates/new", "/settings/templates/new?channel=email", "/settings/imports", "/settings/technicians",
    "/settings/locations", "/settings/locations/new", "/settings/people", "/settings/people/invite",
    "/settings/channels", "/settings/components",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_pages_open(people: People, world: World, path: str) -> None:
    people.ada().get(path)


@pytest.mark.parametrize("path", ["", "/edit", "/times", "/times?from=2026-12-03"])
def test_pages_of_a_visit_open(people: People, world: World, path: str) -> None:
    dana = people.dana()
    dana.get(f"/visits/{world.visit}{path}")
    dana.get(f"/visits/{world.waiting}{path}")


def test_pages_of_others_open(people: People, world: World) -> None:
    ada = people.ada()
    ada.get(f"/customers/{world.customer}")
    ada.get(f"/customers/{world.customer}/edit")
    ada.get(f"/visits/new?customer={world.customer}")
    ada.get(f"/settings/technicians/{world.technician_id}")
    ada.get(f"/settings/locations/{world.location_id}")
    ada.get(f"/settings/people/{people.ids[Role.ADMINISTRATOR]}")


@pytest.mark.parametrize("path", PATHS)
def test_pages_open_before_there_is_any_planning(people: People, path: str) -> None:
    people.ada().get(path)


@pytest.mark.parametrize(
    "path", ["/planning/9999-12-31", "/planning/0001-01-01", "/route-map/9999-12-31", "/notify/0001-01-01"]
)
def test_days_at_the_end_of_the_calendar_are_none(people: People, world: World, path: str) -> None:
    people.dana().get(path, 404)
