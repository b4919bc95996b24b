"""What customers ask for and a dispatcher must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, events
from scheduling.errors import NotOpen
from scheduling.events import Actor, VisitFieldChanged, VisitWishExpressed
from scheduling.models import Task, TaskKind, Visit, VisitStatus

PARTS = ("morning", "afternoon", "any")


@dataclass(frozen=True, slots=True)
class Wish:
    """A day that would suit, and the part of it."""

    day: date
    part: str = "any"


def express(
    session: Session, visit: Visit, kind: TaskKind, *, wishes: Sequence[Wish] = (), comment: str = "", actor: Actor
) -> Task:
    """Keep what the customer asked for; the visit itself stays as it is. Saying the same twice makes one task."""
    said = [{"day": wish.day.isoformat(), "part": wish.part} for wish in wishes[:2]]
    for task in open_of(session, visit):
        if (task.kind, task.wishes, task.comment) == (kind, said, comment):
            return task
    task = Task(
        kind=kind, customer_id=visit.customer_id, visit=visit, wishes=said, comment=comment, created_at=clock.now()
    )
    session.add(task)
    session.flush()
    events.record(session, VisitWishExpressed(visit_id=visit.id, task_id=task.id, task=kind), actor=actor)
    return task


def prefer_earlier(session: Session, visit: Visit, *, wanted: bool, actor: Actor) -> None:
    """Keep whether the customer would come sooner if a place turns up. Raises `NotOpen` where no visit is ahead."""
    if visit.earlier == wanted:
        return
    if visit.status is not VisitStatus.PLANNED or visit.window is None or visit.window.start < clock.now():
        raise NotOpen(visit.ref, "status")
    visit.earlier = wanted
    session.flush()
    changed = VisitFieldChanged(visit_id=visit.id, field="earlier", old=not wanted, new=wanted)
    events.record(session, changed, actor=actor)


def open_of(session: Session, visit: Visit) -> Sequence[Task]:
    """What still waits about a visit, oldest first."""
    query = select(Task).where(Task.visit_id == visit.id, Task.done_at.is_(None)).order_by(Task.id)
    return session.scalars(query).all()


def done(session: Session, task: Task, *, by: str) -> None:
    """Somebody has seen to it."""
    if task.done_at is None:
        task.done_at, task.done_by = clock.now(), by
    session.flush()
