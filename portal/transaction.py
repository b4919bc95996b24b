"""One writing transaction per request, in a session of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from portal.extensions import db
from scheduling.db import transaction as begin


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit at the end and wake the worker, or roll back.

    What the view loaded before belongs to the reading session: load it again by id inside.
    """
    with begin(db.engine) as session:
        yield session
    current_app.extensions["portal_engine"].pulse()
