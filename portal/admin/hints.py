"""How each group of settings stands, in a few words, and whether somebody should look at it."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from notifications import channels as ways
from notifications import lanes
from notifications import templates as texts
from notifications.company import Company
from notifications.models import ChannelName
from portal import logo
from portal.models import User
from scheduling import settings
from scheduling.models import Conflict, Location, Technician
from scheduling.terms import LinkTerms


@dataclass(frozen=True, slots=True)
class Hint:
    """A few words; `wanting` where something there isn't as it should be."""

    words: str
    wanting: bool = False


def link(session: Session) -> Hint:
    """The mode and the validity."""
    terms = settings.load(session, LinkTerms)
    if not terms.rescheduling:
        return Hint(f"Confirm only, valid {counted(terms.validity_days, 'day')}")
    if not terms.slots:
        return Hint("Rescheduling without a slot", wanting=True)
    return Hint(f"Rescheduling in {counted(len(terms.slots), 'slot')}, valid {counted(terms.validity_days, 'day')}")


def style(session: Session) -> Hint:
    """Whether the company has a name of its own."""
    name = settings.load(session, Company).name
    if name == Company().name:
        return Hint("The company has no name yet", wanting=True)
    return Hint(f"{name}, {'with a logo' if logo.shown(session) else 'no logo'}")


def templates(session: Session) -> Hint:
    """Whether a dispatcher has something to send that carries the link."""
    enabled = texts.listed(session, enabled=True)
    if not any(texts.carries_link(template) for template in enabled):
        return Hint("None with the link is enabled", wanting=True)
    return Hint(f"{len(enabled)} enabled")


def channels(session: Session) -> Hint:
    """What lets messages out, and what is stopped."""
    if stopped := lanes.stopped(session):
        return Hint(
            f"Stopped: {', '.join('all sending' if lane.name == lanes.ALL else lane.name for lane in stopped)}", True
        )
    config = current_app.config["PORTAL"]
    if config.channels == "console":
        return Hint("Messages are shown, not sent", wanting=True)
    missing = [name for name in ChannelName if name not in ways.open_all(config)]
    return Hint(f"Not set up: {', '.join(missing)}", wanting=True) if missing else Hint("Open")


def locations(session: Session) -> Hint:
    """How many there are."""
    count = _count(session, Location.id)
    return Hint(counted(count, "location"), wanting=not count)


def technicians(session: Session) -> Hint:
    """How many there are, and whether each works at some time."""
    idle = [each for each in session.scalars(select(Technician)) if not each.hours]
    count = _count(session, Technician.id)
    if idle and len(idle) < count:
        return Hint(f"{len(idle)} of {count} without weekly hours")
    return Hint(counted(count, "technician"), wanting=not count)


def people(session: Session) -> Hint:
    """How many come in, and who hasn't taken up the invitation."""
    here = User.disabled_at.is_(None)
    invited = _count(session, User.id, here, User.password_hash.is_(None))
    words = f"{_count(session, User.id, here)} may come in"
    return Hint(f"{words}, {invited} without a password" if invited else words)


def imports(session: Session) -> Hint | None:
    """What the portal and a document say differently."""
    conflicts = _count(session, Conflict.id, Conflict.resolved_at.is_(None))
    return Hint(f"{counted(conflicts, 'conflict')} to settle", wanting=True) if conflicts else None


def counted(count: int, thing: str) -> str:
    """`1 day`, `14 days`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _count(session: Session, column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0
