"""Primary keys given before the rows are written."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

BLOCK = 200


class Ids:
    """Next ids by table. Rows that have theirs go to SQLite in one statement; others one by one, to get theirs back."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._given: dict[str, Iterator[int]] = {}

    def next(self, column: InstrumentedAttribute[int]) -> int:
        """An id that no row of the column's table has, or will get from the database."""
        table = column.class_.__tablename__
        if table not in self._given:
            self._given[table] = self._ids(table, column)
        return next(self._given[table])

    def _ids(self, table: str, column: InstrumentedAttribute[int]) -> Iterator[int]:
        if self._session.get_bind().dialect.name == "postgresql":
            block = select(func.nextval(func.pg_get_serial_sequence(table, "id"))).select_from(
                func.generate_series(1, BLOCK)
            )
            while True:
                yield from self._session.scalars(block).all()
        yield from count((self._session.scalar(select(func.max(column))) or 0) + 1)
