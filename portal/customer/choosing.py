"""Choosing another time: days and slots, a review while the slot is held, the move."""

from collections.abc import Mapping, Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.customer import problems, timetable, views
from portal.customer.door import Guest, blueprint, enter_to_act
from portal.customer.forms import NoSlot, Seal, SlotForm, as_shown, read_slot
from portal.customer.problems import Problem
from portal.extensions import db
from portal.transaction import transaction
from scheduling import slots
from scheduling.errors import NoCoordinates, NotOpen, SlotTaken
from scheduling.models import Visit
from scheduling.wall import Window


@blueprint.get("/c/<token>/<int:number>/slots")
def choose(token: str, number: int) -> ResponseReturnValue:
    """The days and slots that can be had now."""
    return page(enter_to_act(db.session(), token), number)


def page(guest: Guest, number: int, problem: Problem | None = None, *, error: str = "") -> str:
    """Days and slots, with what went wrong on top. Raises `NotOpen` where the customer may not choose."""
    block = movable(guest, number)
    try:
        offers = slots.offer(guest.session, block, guest.question())
    except NoCoordinates:
        offers = None
    view = timetable.slots_view(guest, number, offers, chosen=request.form.get("slot", ""), error=error)
    return render_template("customer/slots.html", view=view, page=view.page, problem=problem)


@blueprint.post("/c/<token>/<int:number>/review")
def hold(token: str, number: int) -> ResponseReturnValue:
    """Keeps the chosen slot while the customer looks at it once more."""
    guest = enter_to_act(db.session(), token)
    form, block = _slot_form(guest, number, "review"), movable(guest, number)
    as_shown(block, form.seen())
    try:
        window = form.window(block[0])
    except NoSlot:
        return page(guest, number, error=gettext("Choose one of the times.")), 422
    question = guest.question()
    chosen = slots.seek(guest.session, block, window, question)
    with transaction() as session:
        slots.hold(session, enter_to_act(session, token).block(number), chosen, question)
    return redirect(url_for(".review", number=number, slot=form.slot.data), 303)


@blueprint.get("/c/<token>/<int:number>/review")
def review(token: str, number: int) -> ResponseReturnValue:
    """The present and the new time, before anything is moved."""
    guest = enter_to_act(db.session(), token)
    block, slot = movable(guest, number), request.args.get("slot", "")
    try:
        window = read_slot(slot, block[0].location.zone)
    except NoSlot:
        return redirect(url_for(".choose", number=number))
    if guest.visit(number).window == window:
        return views.back(number)
    view = timetable.review_view(guest, number, slot, window)
    return render_template("customer/review.html", view=view, page=view.page)


@blueprint.post("/c/<token>/<int:number>/move")
def move(token: str, number: int) -> ResponseReturnValue:
    """Moves the appointment: looked for outside, decided again and written inside a transaction."""
    guest = enter_to_act(db.session(), token)
    form, question = _slot_form(guest, number, "move"), guest.question()
    seen = form.seen()
    try:
        window = form.window(guest.visit(number))
    except NoSlot:
        raise SlotTaken from None
    if not _is_there(guest.named(seen), window, seen):
        block = movable(guest, number)
        as_shown(block, seen)
        chosen = slots.seek(guest.session, block, window, question)
        with transaction() as session:
            block = enter_to_act(session, token).named(seen)
            slots.accept(session, block, chosen, question, seen=seen, actor=guest.actor)
    return views.back(number)


@blueprint.post("/c/<token>/<int:number>/release")
def release(token: str, number: int) -> ResponseReturnValue:
    """The customer keeps the present time; what was held for him is free again."""
    with transaction() as session:
        guest = enter_to_act(session, token)
        views.seen_in(guest, number, "release")
        slots.release(session, guest.block(number))
    return views.back(number, said="kept")


def movable(guest: Guest, number: int) -> list[Visit]:
    """The visits that would move together. Raises `NotOpen` where one of them may not."""
    block = guest.block(number)
    for visit in block:
        slots.may_reschedule(visit, guest.question())
    return block


def _slot_form(guest: Guest, number: int, act: str) -> SlotForm:
    return SlotForm(Seal(guest.invitation, number, act, guest.block(number)))


def _is_there(block: Sequence[Visit], window: Window, seen: Mapping[int, int]) -> bool:
    """Whether the same click has moved the visits already, whatever else they have joined."""
    return all(visit.agreed and visit.window == window and visit.generation == seen[visit.id] + 1 for visit in block)


@blueprint.errorhandler(SlotTaken)
def show_fresh(error: SlotTaken) -> ResponseReturnValue:
    """What is free now, if the customer may choose at all; the old appointment stands."""
    db.session().rollback()  # what was read before the refusal is read again
    problem, values = problems.of(error), request.view_args or {}
    try:
        return page(enter_to_act(db.session(), values["token"]), values["number"], problem), problem.status
    except NotOpen:
        return views.refuse(error)
