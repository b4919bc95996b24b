"""Whether the portal is well: for load balancers and people on call."""

from datetime import timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal import database
from portal.engine import work
from portal.extensions import db
from scheduling import clock

blueprint = Blueprint("health", __name__)

LATE = timedelta(minutes=1)
"""A pulse comes every second; one that is this late means that nothing is sent."""


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The database, the migration and the age of the last pulse in seconds; 503 where one of them is wrong."""
    try:
        last = work.last_pulse(db.session())
        migrated = database.is_current(db.engine)
    except SQLAlchemyError:
        return {"database": "unreachable"}, 503
    age = (clock.now() - last).total_seconds() if last else None
    alive = age is not None and age <= LATE.total_seconds()
    facts = {
        "database": "ok",
        "migration": "head" if migrated else "behind",
        "pulse_age_s": None if age is None else round(age),
        "pulse": "ok" if alive else "late",
    }
    return facts, 200 if migrated and alive else 503
