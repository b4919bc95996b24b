"""The page behind a link and what takes one click: confirm, take back, a calendar file; and what is said of errors."""

from collections.abc import Mapping

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications import calendar
from portal.appearance import Style
from portal.customer import presenter, problems
from portal.customer.door import Guest, blueprint, enter, enter_to_act
from portal.customer.forms import Seal, SealedForm, as_shown
from portal.customer.problems import Problem
from portal.extensions import db
from portal.transaction import transaction
from scheduling import settings, slots, tasks, visits
from scheduling.errors import NotOpen
from scheduling.models import Confirmation, Visit, VisitStatus

FOR_GOOD = "public, max-age=31536000, immutable"


@blueprint.get("/c/<token>")
def show(token: str) -> ResponseReturnValue:
    """What is true about the appointments now."""
    return page(token)


def page(token: str, problem: Problem | None = None) -> str:
    """The page behind the link, with what went wrong on top, or what was done."""
    view = presenter.customer_view(enter(db.session(), token), said=None if problem else _said())
    return render_template("customer/appointment.html", view=view, page=view.page, problem=problem)


def _said() -> tuple[int, str] | None:
    """Which act is acknowledged, and of which appointment: `back` puts it into the address."""
    at = request.args.get("at", type=int)
    return (at, request.args.get("said", "")) if at else None


@blueprint.get("/c/<token>/renew")
@blueprint.get("/c/<token>/<int:number>/<any(confirm, undo, move, release, earlier):act>")
def after_reload(token: str, **_at: object) -> ResponseReturnValue:
    """Where a refused form has left its address in the browser: the present truth."""
    enter(db.session(), token)
    return redirect(url_for(".show", token=token))


@blueprint.post("/c/<token>/<int:number>/confirm")
def confirm(token: str, number: int) -> ResponseReturnValue:
    """The customer agrees to the promise that the page showed."""
    with transaction() as session:
        guest = enter_to_act(session, token)
        visit, seen = guest.visit(number), seen_in(guest, number, "confirm")
        visits.confirm(session, visit, seen=seen[visit.id], actor=guest.actor)
    return back(number)


@blueprint.post("/c/<token>/<int:number>/undo")
def undo(token: str, number: int) -> ResponseReturnValue:
    """Takes back what the customer said last: that he agrees, or that he wants another time."""
    guest = enter_to_act(db.session(), token)
    seen, visit = seen_in(guest, number, "undo"), guest.visit(number)
    if visit.confirmation is Confirmation.RESCHEDULED:
        _move_back(guest, seen, number)
    elif not _is_back(visit, seen[visit.id]):
        with transaction() as session:
            guest = enter_to_act(session, token)
            visit = guest.visit(number)
            visits.undo_confirm(session, visit, seen=seen[visit.id], terms=guest.terms, actor=guest.actor)
        return back(number, said="undone")
    return back(number, said="moved_back")


def _move_back(guest: Guest, seen: Mapping[int, int], number: int) -> None:
    """The move back is a move like any other: looked for first, then taken in a transaction of its own."""
    question, token = guest.question(), str((request.view_args or {})["token"])
    chosen = slots.seek_back(guest.session, _came_along(guest, number, seen), question)
    with transaction() as session:
        block = _came_along(enter_to_act(session, token), number, seen)
        slots.accept(session, block, chosen, question, seen=seen, actor=guest.actor, becomes=Confirmation.NOTIFIED)


def _came_along(guest: Guest, number: int, seen: Mapping[int, int]) -> list[Visit]:
    """Those shown that came from the same window, not those that they joined. Raises `NotOpen` once work has begun."""
    visit = guest.visit(number)
    if visit.status is not VisitStatus.PLANNED:
        raise NotOpen(visit.ref, "status")
    window = slots.moved_from(guest.session, visit)
    return [other for other in guest.named(seen) if slots.moved_from(guest.session, other) == window]


def _is_back(visit: Visit, seen: int) -> bool:
    """Whether the same click has moved the visit back already."""
    return visit.confirmation is Confirmation.NOTIFIED and visit.generation == seen + 1


@blueprint.post("/c/<token>/<int:number>/earlier")
def earlier(token: str, number: int) -> ResponseReturnValue:
    """Keeps whether the customer would come sooner, should a place turn up."""
    wanted = request.form.get("wanted") == "yes"
    with transaction() as session:
        guest = enter_to_act(session, token)
        visit, shown = guest.visit(number), seen_in(guest, number, "earlier")
        as_shown([visit], shown)
        tasks.prefer_earlier(session, visit, wanted=wanted, actor=guest.actor)
    return back(number, said="earlier" if wanted else "not_earlier")


@blueprint.get("/c/<token>/<int:number>/appointment.ics")
def calendar_file(token: str, number: int) -> ResponseReturnValue:
    """The appointment for the customer's own calendar, once he has agreed to it."""
    guest = enter(db.session(), token)
    visit = guest.visit(number)
    if guest.gone or visit.window is None or not visit.agreed:
        abort(404)
    file = calendar.appointment(visit, visit.window, summary=presenter.summary(guest, visit))
    return Response(
        file, mimetype="text/calendar", headers={"Content-Disposition": "attachment; filename=appointment.ics"}
    )


@blueprint.get("/c/style.css")
def style() -> ResponseReturnValue:
    """The company's own tokens; the address changes with them."""
    css = settings.load(db.session(), Style).css()
    return Response(css, mimetype="text/css", headers={"Cache-Control": FOR_GOOD})


def seen_in(guest: Guest, number: int, act: str) -> Mapping[int, int]:
    """The generations that the posted form of one button was shown for. Raises `Unsealed`."""
    return SealedForm(Seal(guest.invitation, number, act, guest.block(number))).seen()


def back(number: int, said: str | None = None) -> ResponseReturnValue:
    """To the page behind the link, at the appointment in question, with what was done if its state doesn't say so."""
    at = number if said else None
    return redirect(url_for(".show", said=said, at=at, _anchor=f"visit-{number}"), 303)


def refuse(error: Exception) -> ResponseReturnValue:
    """The present truth, with the reason on top."""
    db.session().rollback()  # what was read before the refusal is read again
    problem = problems.of(error)
    return page(str((request.view_args or {})["token"]), problem), problem.status


for refusal in problems.EXPLAINED:
    blueprint.register_error_handler(refusal, refuse)
