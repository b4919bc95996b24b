"""On whose wall clock pages of settings write instants."""

from zoneinfo import ZoneInfo

from flask import session as cookie
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Location


def here(session: Session) -> ZoneInfo:
    """That of the location chosen last, else of the first; UTC before there is any."""
    names = {
        row.ref: row.zone_name
        for row in session.execute(select(Location.ref, Location.zone_name).order_by(Location.name))
    }
    return ZoneInfo(names.get(cookie.get("location", ""), next(iter(names.values()), "UTC")))
