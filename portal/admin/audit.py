"""The audit log as administrators read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import audit, auth
from portal.admin import words, zone
from portal.audit import Area, Wanted
from portal.extensions import db
from portal.models import AuditEntry, Role
from scheduling import lists, wall

blueprint = Blueprint("audit", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One change."""

    at: datetime
    who: str
    action: str
    area: str
    subject: str
    changes: Sequence[tuple[str, str, str]]
    """Field, before and after."""


@blueprint.get("/settings/audit")
@auth.requires(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """The log, filtered as the address says, the newest first."""
    session, here = db.session(), zone.here(db.session())
    names = audit.names(session)
    page = audit.entries(session, _wanted(here), request.args.get("page", 1, type=int))
    lines = [_line(entry, names) for entry in page.rows]
    return render_template(
        "admin/audit.html",
        page=lists.Page(lines, page.total, page.number),
        zone=here,
        areas=list(Area),
        actors=[(actor, who(actor, names)) for actor in audit.actors(session)],
        filtered=any(request.args.get(name) for name in ("q", "area", "actor", "from", "to")),
    )


def who(actor: str, names: Mapping[str, str]) -> str:
    """The person, or what else acted: a command, the portal itself."""
    return names.get(actor) or actor.partition(":")[2] or actor


def _wanted(here: ZoneInfo) -> Wanted:
    first, last = _day("from"), _day("to")
    return Wanted(
        actor=request.args.get("actor", ""),
        area=request.args.get("area", ""),
        text=request.args.get("q", ""),
        since=wall.midnight(first, here) if first else None,
        until=wall.midnight(last + timedelta(days=1), here) if last else None,
    )


def _day(name: str) -> date | None:
    """A date of the address; one that is none, or at the end of the calendar, doesn't count."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
        datetime.combine(found, time.min) + timedelta(days=2)
        datetime.combine(found, time.min) - timedelta(days=2)
    except (ValueError, OverflowError):
        return None
    return found


def _line(entry: AuditEntry, names: Mapping[str, str]) -> Line:
    changes = [(words.field(name), words.value(old), words.value(new)) for name, (old, new) in entry.changes.items()]
    return Line(entry.at, who(entry.actor, names), entry.action, entry.area, entry.subject, changes)
