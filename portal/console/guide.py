"""From an empty database to the first real message: five steps that know from the data whether they are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import channels
from notifications.company import Company
from notifications.models import Message
from portal import audit, auth, demo
from portal.audit import Area
from portal.auth.guard import admits
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings
from scheduling.models import Customer, Location, Setting, Visit
from scheduling.settings import Group

blueprint = Blueprint("guide", __name__)


class Name(StrEnum):
    """The steps in the order in which they are easiest."""

    COMPANY = "company"
    PLANNING = "planning"
    CHANNEL = "channel"
    LOOK = "look"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the page shows it."""

    name: Name
    title: str
    about: str
    done: bool
    ways: Sequence[tuple[str, str]] = ()
    """Endpoint and words of the pages that it leads to."""


class Skipped(Group):
    """Steps that somebody wants to leave out."""

    key: ClassVar[str] = "guide"

    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """All steps, and which of them are skipped."""

    steps: Sequence[Step]
    skipped: frozenset[str]
    may_fill: bool
    """Whether the portal is empty enough for the demo planning."""

    @property
    def open(self) -> Sequence[Step]:
        """What is left to do."""
        return [step for step in self.steps if not step.done and step.name not in self.skipped]


def of(session: Session) -> Guide:
    """How far the portal is."""
    skipped = frozenset(settings.load(session, Skipped).steps)
    empty = not _any(session, select(Location.id)) and not _any(session, select(Customer.id))
    steps = (_company(session), _planning(session), _channel(), _look(session), _notify(session))
    return Guide(steps, skipped, empty)


@blueprint.app_context_processor
def _offered() -> dict[str, object]:
    """What is left, for the start page of who may do it; asked only there."""
    return {"guide_left": lambda: of(db.session()) if admits(Role.MANAGER, auth.person().role) else None}


@blueprint.get("/getting-started")
@auth.requires(Role.MANAGER)
def show() -> ResponseReturnValue:
    """The steps."""
    return render_template("console/guide.html", guide=of(db.session()))


@blueprint.post("/getting-started/<step>/skip")
@auth.requires(Role.MANAGER)
def skip(step: str) -> ResponseReturnValue:
    """Leave a step out, or take it up again."""
    if step not in set(Name):
        abort(404)
    with transaction() as session:
        steps = settings.load(session, Skipped).steps
        left = tuple(each for each in steps if each != step)
        audit.save(session, Skipped(steps=left if step in steps else (*steps, step)), actor=auth.actor())
    return redirect(url_for(".show"))


@blueprint.post("/getting-started/demo")
@auth.requires(Role.MANAGER)
def fill() -> ResponseReturnValue:
    """Put the demo planning into an empty portal."""
    with transaction() as session:
        if not of(session).may_fill:
            flash("The portal holds something already, so the demo planning stays out.", "problem")
            return redirect(url_for(".show"))
        demo.plan(session, current_app.extensions["portal_travel"])
        audit.record(session, auth.actor(), "imported", Area.IMPORT, "the demo planning")
    flash("The demo planning is in: invented customers around Washington DC, with numbers that reach nobody.")
    return redirect(url_for(".show"))


def _any(session: Session, query: object) -> bool:
    return session.scalar(query.limit(1)) is not None  # type: ignore[attr-defined]


def _company(session: Session) -> Step:
    named = settings.load(session, Company).name != Company().name
    located = _any(session, select(Location.id))
    about = "The name on every page and message, and a branch with its time zone, phone and hours."
    if named != located:
        about += " The location is there; the company has no name yet." if located else " Named; a location is missing."
    ways = [("style.edit", "Name the company")]
    ways += [("locations.index", "Look at the location")] if located else [("locations.new", "Make a location")]
    return Step(Name.COMPANY, "Company and location", about, named and located, ways)


def _planning(session: Session) -> Step:
    about = "A planning document brings technicians, customers, visits and routes. It is shown before it is written."
    done = _any(session, select(Visit.id))
    return Step(Name.PLANNING, "Bring in a planning", about, done, [("imports.index", "Import a planning document")])


def _channel() -> Step:
    config = current_app.config["PORTAL"]
    ways = sorted(name for name in channels.open_all(config) if name in {"sms", "email"})
    live = config.channels == "live"
    if live and ways:
        about = f"Messages leave by {' and '.join('SMS' if way == 'sms' else 'e-mail' for way in ways)}."
    elif live:
        about = (
            "Nothing leaves yet. Whoever runs the portal sets PORTAL_SMTP_URL and PORTAL_MAIL_FROM for e-mail, or the"
            " three PORTAL_TWILIO_ settings for SMS, and starts it again."
        )
    else:
        about = (
            "Messages are shown here and not sent, which is good for trying. To send, whoever runs the portal sets"
            " PORTAL_CHANNELS=live with PORTAL_SMTP_URL and PORTAL_MAIL_FROM for e-mail, or the three PORTAL_TWILIO_"
            " settings for SMS."
        )
    return Step(Name.CHANNEL, "Connect a channel", about, live and bool(ways), [("channels.index", "See the channels")])


def _look(session: Session) -> Step:
    about = "What customers may do and read. The preview beside the form shows their pages. Done once it was saved."
    saved = any(session.get(Setting, key) for key in ("link", "link_texts"))
    ways = [("link_terms.edit", "Set the link and its texts"), ("templates.index", "Look at the templates")]
    return Step(Name.LOOK, "Link and texts", about, saved, ways)


def _notify(session: Session) -> Step:
    about = "Choose a day with routes, look at who would be told and what it says, then send."
    told = _any(session, select(Message.id).where(Message.customer_id.is_not(None)))
    ways = [("route_map.index", "Notify the customers of a day")]
    return Step(Name.NOTIFY, "Notify the first day", about, told, ways)
