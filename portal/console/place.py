"""Where and when a person of staff is looking: the chosen location, and days written in addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, redirect, request, session, url_for
from sqlalchemy import select

from portal.extensions import db
from scheduling import clock, wall
from scheduling.models import Location

MARGIN = timedelta(days=366)
"""What pages may count from a day, both ways, without leaving the calendar."""


@dataclass(frozen=True, slots=True)
class Here:
    """The location a page speaks of, among all that there are."""

    location: Location
    locations: Sequence[Location]

    @property
    def today(self) -> date:
        """The date on the location's wall."""
        return wall.day_of(clock.now(), self.location.zone)

    @property
    def several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.locations) > 1


def here() -> Here:
    """The location named by `?location=`, else the one chosen last, else the first; without any, to the start page."""
    locations = db.session.scalars(select(Location).order_by(Location.name, Location.id)).all()
    wanted = request.args.get("location") or session.get("location")
    chosen = next((each for each in locations if each.ref == wanted), next(iter(locations), None))
    if chosen is None:
        abort(redirect(url_for("home.start")))
    if request.args.get("location") == chosen.ref != session.get("location"):
        session["location"] = chosen.ref
    return Here(chosen, locations)


def day(text: str) -> date:
    """A date in ISO form. 404 where it is none, or where the calendar around it would end."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not date.min + MARGIN <= found <= date.max - MARGIN:
        abort(404)
    return found
