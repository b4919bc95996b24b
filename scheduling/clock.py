"""The only clock. Everything that asks for the time asks here, so that a test or a simulation can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _source()


def of(session: Session) -> datetime:
    """The instant that leases are reckoned by: the database's on PostgreSQL, where workers run on several hosts."""
    if _source is _system and session.get_bind().dialect.name == "postgresql":
        stamp: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return stamp.astimezone(UTC)
    return now()


@contextmanager
def replaced(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `source` tell the time within the block, for all threads."""
    global _source  # noqa: PLW0603 - one clock is the point of this module
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
