"""What is known of the customer's link of a visit."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from notifications import invite, templates
from notifications.models import Template, Trigger
from portal import links
from scheduling import clock
from scheduling.models import Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class LinkView:
    """The newest link about a visit, and how another may be sent; times on the location's wall."""

    url: str | None
    look: str | None
    """Where staff see the page behind it."""
    until: datetime | None
    revoked: bool
    expired: bool
    templates: Sequence[Template]
    key: str
    """So that a double click sends once."""

    @property
    def alive(self) -> bool:
        """Whether the link opens the visit's page."""
        return self.url is not None and not self.revoked and not self.expired


def of(session: Session, visit: Visit) -> LinkView | None:
    """What is known of the visit's link; None where there is none and none can be made."""
    found, zone = invite.latest(session, visit.id), visit.location.zone
    planned = visit.status is VisitStatus.PLANNED
    if found is None and not planned:
        return None
    return LinkView(
        url=links.of_this_portal().invitation(found) if found else None,
        look=url_for("customer.look", token=links.of_this_portal().token(found)) if found else None,
        until=found.expires_at.astimezone(zone) if found else None,
        revoked=bool(found and found.revoked_at),
        expired=bool(found and found.expires_at < clock.now()),
        templates=templates.listed(session, trigger=Trigger.MANUAL, enabled=True) if planned else (),
        key=secrets.token_urlsafe(12),
    )
