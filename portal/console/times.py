"""Another time for a visit: the customer's slots and more, with the detour of each and why others are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal import auth
from portal.console import feed, place
from portal.console.visits import by_ref
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock, lists, settings, slots, wall
from scheduling.choices import STAFF, Offers, Question, RefusedSlot, SlotOffer, Span
from scheduling.errors import SlotTaken
from scheduling.models import Confirmation, Visit
from scheduling.solver import Reason
from scheduling.terms import LinkTerms, SlotTime

blueprint = Blueprint("times", __name__)

DAYS = 10
"""As many days as one page asks about."""
WHY: Mapping[Reason, str] = {
    Reason.NO_ROUTE: "no route on this day",
    Reason.SKILL: "nobody has the skills",
    Reason.CAPACITY: "no load left",
    Reason.PLAN: "the route as planned breaks a promise",
    Reason.SHIFT: "the shift is full",
    Reason.WINDOW: "promises to others",
    Reason.DETOUR: "the detour is too long",
    Reason.UNDECIDED: "not decided in time",
}


@dataclass(frozen=True, slots=True)
class DayView:
    """The slots of a day: what can be had, and what can't."""

    day: date
    rows: Sequence[SlotOffer | RefusedSlot]

    @property
    def free(self) -> int:
        """How many can be had."""
        return sum(isinstance(row, SlotOffer) for row in self.rows)

    @property
    def why(self) -> Reason | None:
        """The one reason why none can be had, if there is one for all."""
        reasons = {row.reason for row in self.rows if isinstance(row, RefusedSlot)}
        return reasons.pop() if not self.free and len(reasons) == 1 else None


@blueprint.get("/visits/<path:ref>/times")
@auth.requires(Role.DISPATCHER)
def find(ref: str) -> ResponseReturnValue:
    """The slots of some days from `?from=` on."""
    return _page(by_ref(db.session(), ref))


@blueprint.post("/visits/<path:ref>/times")
@auth.requires(Role.DISPATCHER)
def take(ref: str) -> ResponseReturnValue:
    """Move the visit to the slot; where it is gone, show what is left."""
    visit = by_ref(db.session(), ref)
    try:
        question, chosen = _seek(visit)
        with transaction() as session:
            _accept(session, by_ref(session, ref), chosen, question)
    except SlotTaken:
        return _page(by_ref(db.session(), ref), taken=True), 409
    flash(f"Visit {visit.number} is planned: {feed.spell(chosen.window, visit.location.zone)}.")
    return redirect(url_for("visits.show", ref=ref))


def _seek(visit: Visit) -> tuple[Question, SlotOffer]:
    """The slot of the form as it can be had now. Raises `SlotTaken`."""
    day, slot = _parse(request.form.get("slot", ""))
    question = replace(_question(db.session()), days=(day, day))
    window = wall.window(day, slot.start, slot.end, visit.location.zone)
    return question, slots.seek(db.session(), [visit], window, question)


def _accept(session: Session, visit: Visit, chosen: SlotOffer, question: Question) -> None:
    """Move a planned visit for its customer, who agrees on the phone unless the form says otherwise.

    Planning another one asks nobody yet.
    """
    agreed = visit.stop is not None and request.form.get("word") != "tell"
    slots.accept(
        session,
        [visit],
        chosen,
        question,
        seen={visit.id: request.form.get("generation", 0, type=int)},
        actor=auth.actor(),
        becomes=Confirmation.RESCHEDULED if agreed else Confirmation.NONE,
    )


def _parse(text: str) -> tuple[date, SlotTime]:
    """A day and a slot as the radios write them: `2026-12-03 08:00 10:00`."""
    try:
        day, start, end = text.split(" ")
        return date.fromisoformat(day), SlotTime.model_validate({"start": start, "end": end})
    except ValueError:
        abort(400)


def _question(session: Session) -> Question:
    terms = settings.load(session, LinkTerms)
    return Question(terms=terms, travel=current_app.extensions["portal_travel"], limits=STAFF, explain=True)


def _page(visit: Visit, *, taken: bool = False) -> str:
    span = _span(visit)
    question = replace(_question(db.session()), days=span)
    located = visit.site.located
    answer = slots.offer(db.session(), [visit], question) if located else Offers((), (), ())
    return render_template(
        "console/times.html",
        visit=visit,
        span=span,
        step=timedelta(days=DAYS),
        days=_by_day(answer, question.terms),
        why=WHY,
        least=min((found.detour_m for found in answer.offers), default=None),
        names=lists.technician_names(db.session(), {found.technician for found in answer.offers}),
        taken=taken,
        located=located,
    )


def _span(visit: Visit) -> Span:
    today = wall.day_of(clock.now(), visit.location.zone)
    first = max(today, place.day(request.args["from"])) if request.args.get("from") else today
    return first, first + timedelta(days=DAYS - 1)


def _by_day(answer: Offers, terms: LinkTerms) -> Sequence[DayView]:
    """Offers and refusals of each day in the order of the slots."""
    order = {slot: number for number, slot in enumerate(terms.slots)}
    rows: list[SlotOffer | RefusedSlot] = [*answer.offers, *answer.refused]
    rows.sort(key=lambda row: (row.day, order[row.slot]))
    return [DayView(day, list(group)) for day, group in groupby(rows, key=lambda row: row.day)]
