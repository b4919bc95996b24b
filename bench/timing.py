"""Seconds, and what is said about many of them."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def timed(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> tuple[float, T]:
    """The seconds that the work takes, and what comes of it."""
    start = perf_counter()
    result = work(*args, **options)
    return perf_counter() - start, result


def quantile(seconds: Sequence[float], share: float) -> float:
    """Milliseconds that this share of the runs doesn't exceed."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]
