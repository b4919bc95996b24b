"""What is true about an appointment, as far as its customer is concerned."""

from enum import StrEnum

from notifications.models import InvitedVisit
from portal.customer.door import Guest
from scheduling import clock
from scheduling.models import Confirmation, VisitStatus
from scheduling.wall import Window


class State(StrEnum):
    """What is true about an appointment now; the page of each says so."""

    ASK = "ask"
    MOVED = "moved"
    """Somebody else changed it since the message."""
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    PAST = "past"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANCELLED = "cancelled"
    UNPLANNED = "unplanned"
    CHOOSE = "choose"
    """It has no time, and the customer is asked for one."""


WAITING = frozenset({State.ASK, State.MOVED})
AGREED = frozenset({State.CONFIRMED, State.RESCHEDULED})
OPEN = WAITING | AGREED | {State.CHOOSE}
HEARD = OPEN | {State.PAST, State.UNPLANNED}
"""Where a wish makes sense."""
DATED = frozenset(State) - {State.UNPLANNED, State.CHOOSE}
OF_STATUS = {
    VisitStatus.STARTED: State.UNDER_WAY,
    VisitStatus.SUSPENDED: State.UNDER_WAY,
    VisitStatus.COMPLETED: State.DONE,
    VisitStatus.VALIDATED: State.DONE,
    VisitStatus.CANCELLED: State.CANCELLED,
    VisitStatus.DELETED: State.CANCELLED,
    VisitStatus.DRAFT: State.UNPLANNED,
    VisitStatus.UNPLANNED: State.UNPLANNED,
}


def state_of(guest: Guest, item: InvitedVisit) -> State:
    """What is true about the appointment now, seen from the message that carried the link."""
    visit = item.visit
    if not guest.owns(visit):
        return State.CANCELLED
    if visit.choosing:
        return State.CHOOSE
    if visit.status in OF_STATUS:
        return OF_STATUS[visit.status]
    if visit.window is None:
        return State.UNPLANNED
    if visit.window.end < clock.now():
        return State.PAST
    if visit.agreed:
        return State.CONFIRMED if visit.confirmation is Confirmation.CONFIRMED else State.RESCHEDULED
    same = item.open or visit.window == Window(item.window_start, item.window_end)
    return State.ASK if same else State.MOVED
