"""The audit log: who changed how the portal works, and what exactly. Written in the transaction of the change."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic_core import to_jsonable_python
from sqlalchemy import ColumnElement, String, cast, func, inspect, or_, select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, User
from scheduling import clock, lists, settings
from scheduling.db import Base
from scheduling.events import Actor
from scheduling.settings import Group

B = TypeVar("B", bound=Base)
Facts = Mapping[str, Any]
Changes = dict[str, list[Any]]

SECRET = re.compile("password|secret|token|key|hash|digest")
"""Fields with such a name are left out whole."""
UNINTERESTING = frozenset({"id", "created_at", "changed_at", "signed_in_at", "version"})
LONGEST = 400
"""Characters that are kept of one text."""


class Area(StrEnum):
    """What can be changed."""

    LINK = "link"
    TEXTS = "texts"
    STYLE = "style"
    TEMPLATE = "template"
    LOCATION = "location"
    TECHNICIAN = "technician"
    VISIT_TYPE = "visit type"
    IMPORT = "import"
    CHANNEL = "channel"
    PERSON = "person"
    ACCESS = "access"
    GUIDE = "guide"


AREAS: Mapping[str, Area] = {
    "link": Area.LINK,
    "link_texts": Area.TEXTS,
    "style": Area.STYLE,
    "company": Area.STYLE,
    "guide": Area.GUIDE,
}
"""By the key of a group of settings."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; empty parts don't matter. `since` and `until` are instants, the second excluded."""

    actor: str = ""
    area: str = ""
    action: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def record(
    session: Session, actor: Actor, action: str, area: str, subject: str = "", changes: Changes | None = None
) -> None:
    """Add an entry. `action` is in the past tense (`created`, `changed`), `subject` the name of what it was done to."""
    name = actor.name if ":" in actor.name else f"{actor.origin}:{actor.name}"
    entry = AuditEntry(
        at=clock.now(), actor=name, action=action, area=area, subject=subject[:200], changes=changes or {}
    )
    session.add(entry)
    session.flush()


def differences(before: Facts, after: Facts) -> Changes:
    """Before and after of each field that differs; within a field by dotted names; secrets are left out."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return {
        name: [_short(old.get(name)), _short(new.get(name))]
        for name in dict.fromkeys([*old, *new])
        if not SECRET.search(name) and _said(old.get(name)) != _said(new.get(name))
    }


def _said(value: Any) -> Any:
    """The value, None where nothing is said; zero and no are something."""
    return None if value in ("", [], {}) else value


def columns(row: Base) -> Facts:
    """What a row says, as JSON has it."""
    names = [each.key for each in inspect(type(row)).column_attrs if each.key not in UNINTERESTING]
    return {name: to_jsonable_python(getattr(row, name)) for name in names}


@contextmanager
def watching(
    session: Session,
    actor: Actor,
    area: str,
    row: B,
    *,
    action: str = "changed",
    facts: Callable[[B], Facts] = columns,
) -> Iterator[None]:
    """Record what becomes different of a row inside; nothing where it stays as it was."""
    before = facts(row)
    yield
    session.flush()
    if changes := differences(before, facts(row)):
        record(session, actor, action, area, name_of(row), changes)


def created(session: Session, actor: Actor, area: str, row: B, facts: Callable[[B], Facts] = columns) -> None:
    """Record a new row with what it says."""
    session.flush()
    record(session, actor, "created", area, name_of(row), differences({}, facts(row)))


def deleted(session: Session, actor: Actor, area: str, row: B, facts: Callable[[B], Facts] = columns) -> None:
    """Record what a row said; call it before the row is deleted."""
    record(session, actor, "deleted", area, name_of(row), differences(facts(row), {}))


def save(session: Session, value: Group, *, actor: Actor) -> None:
    """Store a group of settings and record what that changes."""
    before = settings.load(session, type(value)).model_dump(mode="json")
    settings.save(session, value)
    if changes := differences(before, value.model_dump(mode="json")):
        record(session, actor, "changed", AREAS.get(value.key, value.key), changes=changes)


def name_of(row: Base) -> str:
    """What people call it."""
    return str(getattr(row, "name", "") or getattr(row, "ref", ""))


def entries(session: Session, wanted: Wanted, number: int = 1) -> lists.Page[AuditEntry]:
    """A page of the log, the newest first."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count(AuditEntry.id)).where(*conditions)) or 0
    number = min(max(1, number), lists.Page((), total, 1).last)
    query = select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc())
    rows = session.scalars(query.limit(lists.SIZE).offset((number - 1) * lists.SIZE)).all()
    return lists.Page(rows, total, number)


def actors(session: Session) -> list[str]:
    """Everybody who stands in the log."""
    return list(session.scalars(select(AuditEntry.actor).distinct().order_by(AuditEntry.actor)))


def names(session: Session) -> Mapping[str, str]:
    """What people call those who stand in the log."""
    return {f"user:{row.id}": row.name for row in session.execute(select(User.id, User.name))}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (AuditEntry.actor, wanted.actor),
            (AuditEntry.area, wanted.area),
            (AuditEntry.action, wanted.action),
        )
        if value
    ]
    if wanted.since:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        found.append(AuditEntry.at < wanted.until)
    if wanted.text:
        found.append(_mentions(wanted.text.strip()))
    return found


def _mentions(text: str) -> ColumnElement[bool]:
    """In the name or in the changes, which are kept as JSON."""
    written = json.dumps(text)[1:-1]
    changes = cast(AuditEntry.changes, String)
    return or_(AuditEntry.subject.icontains(text, autoescape=True), changes.icontains(written, autoescape=True))


def _flat(facts: Facts, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value.isoformat() if isinstance(value, date) else value


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 1]}…"
    return None if value in ("", [], ()) else value
