"""What technicians hear when a visit changes hands."""

from sqlalchemy import select

from notifications import seeding
from portal.engine.work import Work
from scheduling import events
from scheduling.events import (
    VisitTechnicianChanged,
)
from scheduling.models import Route, Technician, Visit
from tests.factories import make_route, make_technician
from tests.notifications.conftest import DANA, World
from tests.notifications.test_rules import move, told


def hand_over(world: World, name: str) -> None:
    """The visit goes to a technician of that name, at the same time."""
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        assert visit.stop
        old = visit.stop.route.technician
        technician = session.scalar(select(Technician).where(Technician.name.startswith(name)))
        if technician is None:
            technician = make_technician(session, old.location, name=name, email=f"{name.lower()}@example.com")
            make_route(session, technician)
        route = session.scalars(select(Route).where(Route.technician_id == technician.id)).one()
        visit.stop.route_id = route.id
        events.record(session, VisitTechnicianChanged(visit.id, old.ref, technician.ref), actor=DANA)


def test_both_technicians_hear_of_a_visit_that_changes_hands(world: World) -> None:
    hand_over(world, "Tim")
    world.expand()
    Work(world.transaction, world.context).drain()
    old, new = world.email.taken
    assert "Tim takes visit 1 of" in old.body
    assert new.recipient == "tim@example.com"
    assert "is yours now; Tom Sample" in new.body


def test_who_had_a_visit_for_a_moment_only_hears_nothing_of_it_being_his(world: World) -> None:
    hand_over(world, "Tim")
    hand_over(world, "Zoe")
    world.expand()
    assert [(party, name) for party, _, name in told(world)] == [
        ("technician:1", seeding.TAKEN_EMAIL),
        ("technician:2", seeding.TAKEN_EMAIL),
        ("technician:3", seeding.GIVEN_EMAIL),
    ]


def test_a_visit_that_came_back_is_nobodys_news_but_of_who_had_it(world: World) -> None:
    hand_over(world, "Tim")
    hand_over(world, "Tom Sample")
    world.expand()
    assert [(party, name) for party, _, name in told(world)] == [
        ("technician:2", seeding.TAKEN_EMAIL),
        ("technician:1", seeding.GIVEN_EMAIL),
    ]


def test_both_technicians_hear_of_our_own_change(world: World) -> None:
    move(world, DANA)
    world.expand()
    assert sorted(told(world)) == [
        ("technician:1", "email", seeding.MOVED_EMAIL),
        ("technician:2", "sms", seeding.MOVED_SMS),
    ]
