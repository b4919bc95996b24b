"""What the commands share: an application around them, and how dates and times are typed."""

from collections.abc import Callable
from datetime import date, time
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import create_app
from portal.extensions import db
from scheduling.events import Actor
from scheduling.models import Visit
from scheduling.terms import SlotTime

P = ParamSpec("P")
R = TypeVar("R")
OPERATOR = Actor.system("command line")


def in_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run the command inside the application of the present settings, on a database of its newest migration."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        from portal import database

        app = create_app()
        with app.app_context():
            if not database.is_current(db.engine):
                raise click.ClickException("The database isn't at the newest migration: run `portal migrate` first.")
            return command(*args, **kwargs)

    return wrapped


class Day(click.ParamType[date]):
    """A date, as 2026-12-01."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} isn't a date such as 2026-12-01", param, ctx)


class Days(click.ParamType[tuple[date, date]]):
    """A date or two with dots between, both included."""

    name = "D|A..B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, date]:
        first, dots, last = value.partition("..")
        span = Day().convert(first, param, ctx), Day().convert(last if dots else first, param, ctx)
        if span[0] > span[1]:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        return span


class Slots(click.ParamType[tuple[SlotTime, ...]]):
    """Intervals of the day with commas between."""

    name = "08:00-10:00,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[SlotTime, ...]:
        try:
            pairs = [part.split("-") for part in value.split(",")]
            return tuple(SlotTime(start=time.fromisoformat(a), end=time.fromisoformat(b)) for a, b in pairs)
        except ValueError:
            self.fail(f"{value!r} isn't a list of intervals such as 08:00-10:00,10:00-12:00", param, ctx)


def find_visit(session: Session, ref: str) -> Visit:
    """The visit of that ref, or a refusal."""
    visit = session.scalar(select(Visit).where(Visit.ref == ref))
    if visit is None:
        raise click.ClickException(f"There is no visit {ref}.")
    return visit
