"""The tables of the planning, a concept per file."""

from scheduling.models.customer import Consent, ConsentChannel, Customer, Site
from scheduling.models.document import Conflict, DocumentRecord, GeocodedAddress
from scheduling.models.event import Event, Origin
from scheduling.models.location import Location
from scheduling.models.route import Hold, Route, RouteOrigin, Stop
from scheduling.models.setting import Setting
from scheduling.models.task import Task, TaskKind
from scheduling.models.technician import Absence, Technician
from scheduling.models.visit import MOVES, Confirmation, Lock, Visit, VisitStatus, VisitType

__all__ = [
    "MOVES",
    "Absence",
    "Confirmation",
    "Conflict",
    "Consent",
    "ConsentChannel",
    "Customer",
    "DocumentRecord",
    "Event",
    "GeocodedAddress",
    "Hold",
    "Location",
    "Lock",
    "Origin",
    "Route",
    "RouteOrigin",
    "Setting",
    "Site",
    "Stop",
    "Task",
    "TaskKind",
    "Technician",
    "Visit",
    "VisitStatus",
    "VisitType",
]
