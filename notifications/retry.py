"""When a message that certainly wasn't taken is tried again."""

import random
from datetime import datetime, timedelta

STEPS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 7200, 14_400))
"""After the first failure, the second, and so on; the last one from there on."""
JITTER = 0.2
MOST_TRIES = 10
LONGEST = timedelta(hours=24)


def next_try(
    tries: int, now: datetime, *, first: datetime, not_after: datetime | None, wait: float | None = None
) -> datetime | None:
    """When to try again after `tries` failed calls, the first of them at `first`; None: no more.

    `wait` is what the provider asked for, in seconds; it counts where it is longer.
    """
    if tries >= MOST_TRIES:
        return None
    step = STEPS[min(tries, len(STEPS)) - 1].total_seconds()
    spread = step * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
    due = now + timedelta(seconds=max(spread, wait or 0))
    end = min(first + LONGEST, not_after or datetime.max.replace(tzinfo=now.tzinfo))
    return due if due <= end else None
