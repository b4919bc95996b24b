"""How fast slots are found and how many of those that exist, beside a whole-day re-solve by OR-Tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench import resolve
from bench.instance import DAYS, FAR, STOPS, TECHNICIANS, TRAVEL, Instance, make
from bench.timing import quantile, timed
from scheduling.solver import Job, Params, Prepared, Slot, prepare, propose, sharpen, warm_up

QUESTIONS, PAIRS, SECONDS = 40, 24, 1
"""Customers who ask; feasible pairs of slot and customer given to the peer; its time for each."""
Found = list[set[Slot]]


@dataclass(frozen=True)
class Result:
    """Slots found per customer, and how long each question took."""

    found: Found
    seconds: list[float]


def ask(instance: Instance, routes: Sequence[Prepared], budget: float | None) -> Result:
    """Every customer asks for all slots of all days."""
    params = Params(FAR, budget)
    runs = [timed(propose, job, instance.slots, routes, TRAVEL, params) for job in instance.asking]
    return Result([{offer.slot for offer in answer.offers} for _, answer in runs], [seconds for seconds, _ in runs])


def peer(instance: Instance, truth: Found) -> tuple[float, list[float]]:
    """The share of some feasible pairs that the re-solve of their day finds, and its seconds."""
    asked = zip(instance.asking, truth, strict=True)
    feasible = [(job, slot) for job, slots in asked for slot in instance.slots if slot in slots]
    runs = [_resolve(instance, job, slot) for job, slot in Random(1).sample(feasible, PAIRS)]
    return sum(served for _, served in runs) / PAIRS, [seconds for seconds, _ in runs]


def _resolve(instance: Instance, job: Job, slot: Slot) -> tuple[float, bool]:
    day = [route for route in instance.routes if route.day == slot.day]
    return timed(resolve.serves, day, job, slot.interval, SECONDS)


def main() -> None:
    """Print a Markdown table."""
    warm_up()
    instance = make(QUESTIONS)
    plain = ask(instance, [prepare(route, TRAVEL) for route in instance.routes], budget=0)
    kept = [prepare(route, TRAVEL) for route in instance.routes]
    sharpen(kept)
    ours = ask(instance, kept, budget=1.0)
    exact = ask(instance, kept, budget=None)
    share, seconds = peer(instance, exact.found)
    unit = quantile(ours.seconds, 0.5) / len(instance.slots)
    stops = sum(len(route.jobs) for route in instance.routes)
    print(
        f"{DAYS} days of {TECHNICIANS} routes, {stops} stops (at most {STOPS} a route), {len(instance.slots)} slots\n"
    )
    print("| slots for a customer | share of the feasible found | p50 ms | p95 ms | a pair, times ours |")
    print("|---|---|---|---|---|")
    for name, result in (("present order only", plain), ("ours, 1 s", ours), ("ours, to the proof", exact)):
        print(_row(name, _share(result.found, exact.found), result.seconds, len(instance.slots), unit))
    print(_row(f"OR-Tools, day solved again, {SECONDS} s a pair", share, seconds, 1, unit))


def _share(found: Found, truth: Found) -> float:
    return sum(map(len, found)) / sum(map(len, truth))


def _row(name: str, share: float, seconds: Sequence[float], pairs: int, unit: float) -> str:
    p50, p95 = quantile(seconds, 0.5), quantile(seconds, 0.95)
    return f"| {name} | {share:.0%} | {p50:.0f} | {p95:.0f} | {p50 / pairs / unit:.1f} |"
