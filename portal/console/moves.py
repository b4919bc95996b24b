"""Which moves of a visit's status are offered by hand, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.auth.guard import admits
from portal.models import Role
from scheduling.models import MOVES, Visit, VisitStatus
from scheduling.models.visit import ON_ROUTE


@dataclass(frozen=True, slots=True)
class Move:
    """A button: what it says, and the role it takes."""

    to: VisitStatus
    words: str
    least: Role = Role.DISPATCHER
    grave: bool = False
    """Whether it is asked again."""


S = VisitStatus
BY_HAND: Mapping[VisitStatus, Move] = {
    S.DRAFT: Move(S.DRAFT, "Back to draft"),
    S.UNPLANNED: Move(S.UNPLANNED, "Take out of planning"),
    S.STARTED: Move(S.STARTED, "Mark as started"),
    S.SUSPENDED: Move(S.SUSPENDED, "Mark as suspended"),
    S.COMPLETED: Move(S.COMPLETED, "Mark as completed"),
    S.VALIDATED: Move(S.VALIDATED, "Validate", Role.MANAGER),
    S.CANCELLED: Move(S.CANCELLED, "Cancel the visit", grave=True),
    S.DELETED: Move(S.DELETED, "Delete the visit", Role.MANAGER, grave=True),
}
"""By the status moved to; planning isn't here, because it needs a slot."""
FROM_DRAFT = Move(S.UNPLANNED, "Ready to plan")
REOPEN = Move(S.STARTED, "Reopen", Role.MANAGER)
REVIVE = Move(S.UNPLANNED, "Take up again")
SPECIAL: Mapping[tuple[VisitStatus, VisitStatus], Move] = {
    (S.DRAFT, S.UNPLANNED): FROM_DRAFT,
    (S.COMPLETED, S.STARTED): REOPEN,
    (S.CANCELLED, S.UNPLANNED): REVIVE,
}
"""Where the move means something else than its aim says."""


def between(old: VisitStatus, new: VisitStatus) -> Move | None:
    """The move from one status to another, if it is made by hand."""
    return SPECIAL.get((old, new), BY_HAND.get(new)) if new in MOVES[old] else None


def offered(visit: Visit, role: Role) -> tuple[Move, ...]:
    """What a person of the role may do to the visit now."""
    found = (between(visit.status, to) for to in VisitStatus if to not in ON_ROUTE or visit.stop)
    return tuple(move for move in found if move and admits(move.least, role))


def may(visit: Visit, to: VisitStatus, role: Role) -> bool:
    """Whether a person of the role may make the move."""
    return any(move.to is to for move in offered(visit, role))
