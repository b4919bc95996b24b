"""The seam between the outbox and what carries its ids: `enqueue` and `pulse`."""

from collections.abc import Sequence
from typing import Protocol

from flask import Flask

Lane = str


class Engine(Protocol):
    """Carries ids and a pulse; the outbox row with its lease stays the truth."""

    def enqueue(self, lane: Lane, ids: Sequence[int]) -> None:
        """Hand due messages of one lane to workers; a lane that hangs delays no other."""
        ...

    def pulse(self) -> None:
        """Wake the worker: expand events, sweep, send what is due."""
        ...


class Idle:
    """Does nothing until `portal pulse` is called: for commands, and for tests that pulse by hand."""

    def enqueue(self, lane: Lane, ids: Sequence[int]) -> None:
        """Nothing: the row stays ready."""

    def pulse(self) -> None:
        """Nothing: the next pulse comes from elsewhere."""


def init_app(app: Flask) -> None:
    """Until a server starts a real one, the engine is idle."""
    app.extensions["portal_engine"] = Idle()
