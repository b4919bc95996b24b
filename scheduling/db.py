"""The declarative base, the types of columns, and how a connection and a writing transaction begin."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from sqlite3 import Connection as SqliteConnection
from threading import RLock
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from scheduling.errors import StaleWrite

Transaction = Callable[[], AbstractContextManager[Session]]
DEADLOCK = "40P01"
"""What PostgreSQL calls it."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        aware: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware


def enum_type(kind: type[StrEnum]) -> Enum:
    """An enum stored by its value as text with room to grow."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    """Every table of the installation."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def prepare(engine: Engine) -> Engine:
    """Make SQLite durable and its transactions explicit; PostgreSQL needs nothing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


_turns: defaultdict[str | None, RLock] = defaultdict(RLock)


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """Threads that write to one SQLite file queue here: its own waiting is by chance, and some wait until they fail."""
    return _turns[engine.url.database] if engine.dialect.name == "sqlite" else nullcontext()


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One writing transaction in a session of its own: committed at the end, rolled back on any error.

    On SQLite its first statement is BEGIN IMMEDIATE, because a transaction that reads first and writes later gets
    SQLITE_BUSY at once whatever the time-out. A lost update becomes `StaleWrite`, and so does what PostgreSQL ends
    because two wait for each other.
    """
    immediate = engine.execution_options(immediate=True)
    with _turn(engine), Session(immediate, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except StaleDataError as error:
            raise StaleWrite from error
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
            raise StaleWrite from error


def exclusive(session: Session, name: str) -> None:
    """Hold the lock called `name` until the transaction ends. SQLite's one writer holds every lock already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
