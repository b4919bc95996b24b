"""What a text speaks of: the visits, their promises, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.company import Company
from scheduling import events, visits
from scheduling.models import Event, Stop, Task, Technician, Visit
from scheduling.terms import LinkTerms
from scheduling.wall import Window


@dataclass(frozen=True, slots=True)
class Scene:
    """What a text speaks of."""

    visits: Sequence[Visit]
    locale: str
    company: Company
    terms: LinkTerms
    link: str = ""
    link_until: datetime | None = None
    event: Event | None = None
    previous_technician: Technician | None = None
    """Who served the first visit before the event."""
    task: Task | None = None

    @property
    def visit(self) -> Visit:
        """The first of them."""
        return self.visits[0]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the location."""
        return self.visit.location.zone

    @property
    def window(self) -> Window | None:
        """What is promised about the first visit, or would be by telling the customer now."""
        return promised(self.visit, self.terms)

    @property
    def old_window(self) -> Window | None:
        """What was promised before the event."""
        return events.window_of(self.event.payload, "old_window") if self.event else None

    @property
    def stop(self) -> Stop | None:
        """The place of the first visit in a route."""
        return self.visit.stop

    @property
    def technician(self) -> Technician | None:
        """Who serves the first visit."""
        return self.stop.route.technician if self.stop else None


def promised(visit: Visit, terms: LinkTerms) -> Window | None:
    """The promise about a visit, or the one that telling the customer would make; None where it isn't planned."""
    return visit.window or (visits.promise(visit, terms) if visit.stop else None)
