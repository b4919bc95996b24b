"""The command that asks the solver for the slots of a visit."""

import json
from dataclasses import replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app

from portal.cli.base import Days, Slots, find_visit, in_app
from portal.extensions import db
from scheduling import settings, slots
from scheduling.choices import STAFF, UNBOUND, Question, RefusedSlot, SlotOffer
from scheduling.models import Visit, VisitStatus
from scheduling.terms import LinkTerms, SlotTime


@click.command("slots")
@click.argument("visit")
@click.option("--days", type=Days(), help="Local dates, both included.")
@click.option("--slots", "times", type=Slots(), help="Instead of the configured ones.")
@click.option("--max-detour-km", type=click.FloatRange(min=0), help="Instead of the configured one.")
@click.option(
    "--exact", is_flag=True, help="No time budget; notice, cut-off, horizon, count, holds and the present time ignored."
)
@click.option("--why", is_flag=True, help="Also say why each of the other slots is refused.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@in_app
def command(
    visit: str,
    days: tuple[date, date] | None,
    times: tuple[SlotTime, ...] | None,
    max_detour_km: float | None,
    exact: bool,
    why: bool,
    as_json: bool,
) -> None:
    """Print the slots that some technician can really serve."""
    found = find_visit(db.session(), visit)
    changes = {"slots": times, "max_detour_km": max_detour_km}
    terms = settings.load(db.session(), LinkTerms).model_copy(
        update={name: value for name, value in changes.items() if value is not None}
    )
    question = _question(found, Question(terms, current_app.extensions["portal_travel"], days=days, explain=why), exact)
    slots.may_reschedule(found, question)
    answer = slots.offer(db.session(), [found], question)
    offers = [_offer(one, found.location.zone) for one in answer.offers]
    refused = [_refusal(one) for one in answer.refused]
    if as_json:
        click.echo(json.dumps({"offers": offers, "refused": refused} if why else offers, indent=2))
        return
    for one in answer.offers:
        click.echo(f"{one.day} {_interval(one.slot)}  {one.technician}  detour {one.detour_m} m")
    for no in answer.refused if why else ():
        over = f" by {no.over_m} m" if no.over_m is not None else ""
        click.echo(f"{no.day} {_interval(no.slot)}  refused: {no.reason}{over}")


def _question(visit: Visit, question: Question, exact: bool) -> Question:
    """A customer's, unless a proof is asked for or the visit isn't planned, which only staff can do."""
    if exact:
        return replace(question, limits=UNBOUND, budget=None)
    return question if visit.status is VisitStatus.PLANNED else replace(question, limits=STAFF)


def _offer(one: SlotOffer, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "date": one.day.isoformat(),
        "slot": {"start": _wall(one.slot.start), "end": _wall(one.slot.end)},
        "route": {"date": one.day.isoformat(), "technician": one.technician},
        "start": one.start.astimezone(zone).isoformat(),
        "detour_m": one.detour_m,
        "order": list(one.order),
    }


def _refusal(one: RefusedSlot) -> dict[str, Any]:
    return {
        "date": one.day.isoformat(),
        "slot": {"start": _wall(one.slot.start), "end": _wall(one.slot.end)},
        "reason": one.reason,
        "over_m": one.over_m,
    }


def _wall(at: time) -> str:
    return at.isoformat("minutes")


def _interval(slot: SlotTime) -> str:
    return f"{_wall(slot.start)}-{_wall(slot.end)}"


COMMANDS = (command,)
