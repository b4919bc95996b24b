"""The embedded engine: a thread in the served process that pulses, and threads that deliver. No broker."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock, Thread

from flask import Flask

from notifications.channels import REGISTRY
from portal.engine import Idle, Lane, work
from portal.engine.work import Work

EVERY = 1.0
"""Seconds between pulses when nobody nudges."""
THREADS = 4
"""Of each lane."""
LOG = logging.getLogger(__name__)


class Embedded:
    """Pulses each second or when nudged; a pool of threads for each lane."""

    def __init__(self, job: Work, *, every: float = EVERY) -> None:
        self._work = job
        self._every = every
        self._nudged = Event()
        self._ending = Event()
        self._carried: set[int] = set()
        """Ids in the pools: the next pulse finds them due again, and they needn't queue twice."""
        self._lock = Lock()
        self._pools = {lane: ThreadPoolExecutor(THREADS, thread_name_prefix=f"portal-{lane}") for lane in REGISTRY}
        self._thread = Thread(target=self._run, name="portal-pulse", daemon=True)

    def start(self) -> None:
        """Begin to pulse."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the calls that have begun, drop what only queued (its rows stay ready), and end."""
        self._ending.set()
        self._nudged.set()
        self._thread.join()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def enqueue(self, lane: Lane, ids: Sequence[int]) -> None:
        """Hand messages to the lane's threads, those that aren't there already."""
        with self._lock:
            fresh = [message_id for message_id in ids if message_id not in self._carried]
            self._carried.update(fresh)
        for message_id in fresh:
            self._pools[lane].submit(self._handle, message_id)

    def pulse(self) -> None:
        """Wake the pulsing thread now."""
        self._nudged.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                for lane, ids in self._work.tick().items():
                    self.enqueue(lane, ids)
            except Exception:
                LOG.exception("the pulse failed; the next one tries again")
            self._nudged.wait(self._every)
            self._nudged.clear()

    def _handle(self, message_id: int) -> None:
        try:
            self._work.handle(message_id)
        except Exception:
            LOG.exception("message %s was left to its lease", message_id)
        finally:
            with self._lock:
                self._carried.discard(message_id)


@contextmanager
def running(app: Flask) -> Iterator[Embedded]:
    """The engine of the application while the block lasts."""
    engine = Embedded(work.of_app(app))
    app.extensions["portal_engine"] = engine
    engine.start()
    try:
        yield engine
    finally:
        app.extensions["portal_engine"] = Idle()
        engine.stop()


def tick(app: Flask) -> str:
    """One tick by hand, everything due sent before it returns; says what was done."""
    handled = work.of_app(app).drain()
    return f"{handled} {'message' if handled == 1 else 'messages'} handled"
