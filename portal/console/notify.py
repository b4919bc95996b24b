"""Notify customers: choose texts, people and days, see what it will do, mend who can't be reached, send."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import sendings, templates, trial
from notifications.audience import Audience
from notifications.context import Party
from notifications.errors import DaysRefused, NobodyToNotify, TemplateInvalid
from notifications.models import ChannelName, Sending, Template, Trigger
from portal import auth
from portal.console import dialog, mending, place, preview, scope, wish
from portal.console.dialog import Dialog
from portal.console.scope import Scope
from portal.console.wish import Wish
from portal.engine import work
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings
from scheduling.models import Customer
from scheduling.terms import LinkTerms

blueprint = Blueprint("notify", __name__)

DAYS: Mapping[str, str] = {
    "empty": "Add at least one day, or let customers choose among all days.",
    "past": "Every day or period must end today or later.",
    "order": "A period ends before it begins.",
    "off": "Allowed days are switched off in the link settings.",
    "unreadable": "Write each day as a date.",
}
"""Why the allowed days are refused."""
NOBODY = "Choose a template, and at least one customer who can be reached by it."


@blueprint.get("/notify")
@blueprint.get("/notify/<day>")
@auth.requires(Role.DISPATCHER)
def form(day: str | None = None) -> ResponseReturnValue:
    """The dialog as it opens: about a day, or about the days, visits or sending that the address names."""
    asked = scope.read(db.session(), day)
    return _show(asked, _first(db.session(), asked))


@blueprint.post("/notify")
@blueprint.post("/notify/<day>")
@auth.requires(Role.DISPATCHER)
def act(day: str | None = None) -> ResponseReturnValue:
    """Send; or whatever else was pressed, count again with everything as it was filled in."""
    wanted = wish.read(request.form)
    verb, _, what = request.form.get("act", "count").partition("-")
    if verb == "send":
        return _dispatch(day, wanted)
    asked = scope.read(db.session(), day)
    if verb == "mend":
        return _mend(asked, wanted, int(what) if what.isdecimal() else 0)
    if verb == "test":
        return _show(asked, wanted, tested=_test(asked, wanted, what))
    return _show(asked, wanted.edited(request.form.get("act", "")))


def _first(session: Session, asked: Scope) -> Wish:
    """A reminder begins with the texts and the days of what it reminds of."""
    usable = _usable(session)
    sent = sendings.templates_of(session, asked.sending.id) if asked.sending else ()
    again = [template for template in usable if template.id in sent]
    if asked.sending is None or not again:
        named = [each for each in usable if each.name in request.args.getlist("template")]
        return wish.first(named or usable)
    days = scope.periods(asked.sending, place.here().today)
    return wish.first(again, days)


def _usable(session: Session) -> Sequence[Template]:
    return templates.listed(session, trigger=Trigger.MANUAL, enabled=True)


def _dispatch(day: str | None, wanted: Wish) -> ResponseReturnValue:
    try:
        with transaction() as session:
            sending = _send(session, scope.read(session, day), wanted)
    except DaysRefused as refused:
        faults = {line: DAYS[why] for line, why in wanted.faults(place.here().today).items()}
        return _show(scope.read(db.session(), day), wanted, DAYS[refused.why], faults=faults), 422
    except NobodyToNotify:
        return _show(scope.read(db.session(), day), wanted, NOBODY), 422
    return redirect(url_for("sendings.show", sending_id=sending.id))


def _send(session: Session, asked: Scope, wanted: Wish) -> Sending:
    return sendings.notify(
        session,
        sendings.visits_of(session, asked.visit_ids, wanted.customers or ()),
        wanted.chosen(_usable(session)),
        key=wanted.key,
        actor=auth.actor(),
        terms=settings.load(session, LinkTerms),
        context=work.context(current_app.config["PORTAL"]),
        both=wanted.both,
        allowed_days=wanted.periods(),
        day=asked.day,
        reminder_of=asked.sending.id if asked.sending else None,
        grace=sendings.GRACE,
    )


def _mend(asked: Scope, wanted: Wish, customer_id: int) -> ResponseReturnValue:
    """Keep what was typed about one customer of the dialog, who is chosen then."""
    typed = wanted.contacts.get(customer_id)
    if typed is None or not sendings.visits_of(db.session(), asked.visit_ids, [customer_id]):
        return _show(asked, wanted)
    with transaction() as session:
        troubles = mending.mend(session, session.get_one(Customer, customer_id), typed)
    if troubles:
        return _show(asked, wanted, troubles={customer_id: troubles}), 422
    db.session.rollback()  # what it has read was true before
    return _show(asked, wanted.with_customer(customer_id))


def _test(asked: Scope, wanted: Wish, channel: str) -> str:
    """Send the text that is looked at to whoever asks; returns what is said about it."""
    session = db.session()
    person, usable = auth.person(), _usable(session)
    me = Party(f"user:{person.id}", person.name, None, person.phone, person.email)
    chosen = next((each for each in wanted.chosen(usable) if each.channel == channel), None)
    told = _audience(session, asked, wanted).of(dialog.ticked(_audience(session, asked, wanted), wanted, asked))
    rows = {row.customer.id: row for row in told.reachable}
    row = rows.get(wanted.reader or 0) or next(iter(rows.values()), None)
    if chosen is None or row is None or not me.address(chosen.channel):
        return "Nothing was sent: your account has no phone number." if chosen else ""
    scene = preview.scene(session, row, wanted, settings.load(session, LinkTerms))
    text = preview.text(chosen, scene)
    try:
        with transaction() as writing:
            if text:
                to, actor = me, auth.actor()
                trial.send(writing, text, chosen.channel, to=to, locale=scene.locale, scene=scene, actor=actor)
    except TemplateInvalid as error:
        return f"Nothing was sent. {error.reason}"
    return f"A test is on its way to {me.address(chosen.channel)}. Its link opens nothing."


def _audience(session: Session, asked: Scope, wanted: Wish) -> Audience:
    return sendings.prepare(
        session,
        asked.visit_ids,
        wanted.chosen(_usable(session)),
        terms=settings.load(session, LinkTerms),
        context=work.context(current_app.config["PORTAL"]),
        both=wanted.both,
    )


def _show(
    asked: Scope,
    wanted: Wish,
    trouble: str = "",
    *,
    faults: Mapping[int, str] | None = None,
    troubles: Mapping[int, mending.Troubles] | None = None,
    tested: str = "",
) -> str:
    session = db.session()
    usable, terms = _usable(session), settings.load(session, LinkTerms)
    chosen = wanted.chosen(usable)
    audience = _audience(session, asked, wanted)
    ticked = dialog.ticked(audience, wanted, asked)
    told = audience.of(ticked)
    lost = [row for row in audience.rows if row.reason]
    view = Dialog(
        scope=asked,
        wish=wanted,
        templates={channel: [each for each in usable if each.channel is channel] for channel in ChannelName},
        people=tuple(dialog.person(row, ticked, both=wanted.both) for row in audience.rows if not row.reason),
        lost=tuple(
            dialog.lost(row, ticked, wanted.contacts.get(row.customer.id), (troubles or {}).get(row.customer.id, {}))
            for row in lost
        ),
        lost_reasons=dialog.counted(Audience(lost)),
        told=told,
        offers_days=terms.rescheduling and terms.choose_days and any(map(templates.carries_link, chosen)),
        preview=preview.of(
            session, told, chosen, wanted, terms=terms, context=work.context(current_app.config["PORTAL"])
        ),
        trouble=trouble,
        faults=faults or {},
        tested=tested,
    )
    return render_template("console/notify.html", view=view, me=auth.person())
