"""The distributed engine: a broker carries ids and the pulse to workers on any number of machines.

Whatever the broker loses or doubles changes nothing: the outbox row with its lease is the truth, and the next pulse
finds again what is due. So nothing is stored in the broker, and nothing there is waited for.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from threading import BoundedSemaphore, Event, Lock, Thread

from celery import Celery
from celery.beat import EmbeddedService, Scheduler
from flask import Flask

from notifications.channels import REGISTRY
from portal.config import Config
from portal.engine import Idle, Lane, work
from portal.engine.work import Work

EVERY = 1.0
"""Seconds between pulses when nobody nudges."""
THREADS = 16
"""Of one worker."""
KEPT = 2
"""Threads that every other lane leaves to a lane, so that one that hangs delays no other."""
CROWDED = 0.2
"""Seconds before an id whose lane has no thread left here goes back to the broker."""
STALE = 30
"""Seconds after which an id that nobody took is dropped; a later pulse hands it on again."""
PULSE, DELIVER = "portal.pulse", "portal.deliver"
LOG = logging.getLogger(__name__)


def connect(config: Config) -> Celery:
    """What speaks to the broker. Each database has a queue of its own, so that installations may share a broker."""
    queue = f"portal-{sha256(config.database_url.encode()).hexdigest()[:12]}"
    celery = Celery("portal", broker=config.broker_url, set_as_current=False)
    celery.conf.update(
        task_default_queue=queue,
        task_default_delivery_mode="transient",
        task_ignore_result=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"socket_connect_timeout": 3, "connect_timeout": 3},
        beat_schedule={"pulse": {"task": PULSE, "schedule": EVERY, "options": {"expires": 5 * EVERY}}},
    )
    return celery


class Distributed:
    """The engine of who serves pages: a thread hands the nudges on, so that no request waits for the broker."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._nudged = Event()
        Thread(target=self._run, name="portal-nudge", daemon=True).start()

    def enqueue(self, lane: Lane, ids: Sequence[int]) -> None:
        """Hand messages to whichever worker is free."""
        for message_id in ids:
            self._celery.send_task(DELIVER, (lane, message_id), expires=STALE)

    def pulse(self) -> None:
        """Wake a worker; without a broker the rows wait for it."""
        self._nudged.set()

    def _run(self) -> None:
        while self._nudged.wait():
            self._nudged.clear()
            try:
                self._celery.send_task(PULSE, expires=5 * EVERY)
            except Exception:
                LOG.warning("the broker can't be reached; its next pulse finds what is due", exc_info=True)
                time.sleep(EVERY)


class Carrier:
    """What one worker does with what the broker brings."""

    def __init__(self, job: Work, engine: Distributed) -> None:
        self._work, self._engine = job, engine
        self._pulsing = Lock()
        self._handed: dict[int, float] = {}
        """Until when an id that was handed on isn't handed on again: the next pulse finds it due still."""
        most = THREADS - KEPT * (len(REGISTRY) - 1)
        self._free = {lane: BoundedSemaphore(most) for lane in REGISTRY}

    def pulse(self) -> None:
        """One tick, unless this worker is at one; what is due goes to all workers."""
        if not self._pulsing.acquire(blocking=False):
            return
        try:
            for lane, ids in self._work.tick().items():
                self._engine.enqueue(lane, self._fresh(ids))
        finally:
            self._pulsing.release()

    def deliver(self, lane: Lane, message_id: int) -> None:
        """Handle a message, unless the lane has all its threads here: then somebody else may."""
        if not self._free[lane].acquire(timeout=CROWDED):
            self._engine.enqueue(lane, [message_id])
            return
        try:
            self._work.handle(message_id)
        finally:
            self._free[lane].release()

    def _fresh(self, ids: Sequence[int]) -> Sequence[int]:
        now = time.monotonic()
        self._handed = {known: until for known, until in self._handed.items() if until > now}
        fresh = [message_id for message_id in ids if message_id not in self._handed]
        self._handed.update(dict.fromkeys(fresh, now + STALE))
        return fresh


def work_on(app: Flask) -> None:
    """Carry messages until the process is told to end; each worker pulses, so that any of them may die."""
    celery = connect(app.config["PORTAL"])
    carrier = Carrier(work.of_app(app), Distributed(celery))
    celery.task(name=PULSE, typing=False)(carrier.pulse)
    celery.task(name=DELIVER, typing=False)(carrier.deliver)
    EmbeddedService(celery, thread=True, scheduler_cls=Scheduler).start()
    celery.Worker(pool="threads", concurrency=THREADS + 1, loglevel="WARNING").start()


@contextmanager
def nudging(app: Flask) -> Iterator[Distributed]:
    """The engine of the application while the block lasts: it nudges workers elsewhere."""
    app.extensions["portal_engine"] = engine = Distributed(connect(app.config["PORTAL"]))
    try:
        yield engine
    finally:
        app.extensions["portal_engine"] = Idle()
