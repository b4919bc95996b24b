"""The shortest orders, proven: by labels where they suffice, by CP-SAT for the rest, within one budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from scheduling.solver import routing
from scheduling.solver.labels import UNDECIDED, Verdict, shortest
from scheduling.solver.network import Network

_PATIENCE = 0.25  # Seconds for one CP-SAT solve: its limits are soft.


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of a budget of seconds; without a deadline there is no limit."""

    deadline: float | None = None

    @classmethod
    def start(cls, budget: float | None) -> "Clock":
        return cls(None if budget is None else monotonic() + budget)

    def expired(self) -> bool:
        return self.deadline is not None and monotonic() >= self.deadline

    def patience(self) -> float | None:
        return None if self.deadline is None else max(0.0, min(_PATIENCE, self.deadline - monotonic()))


def orders(
    networks: Sequence[Network], limits: Sequence[Sequence[int]], clock: Clock, seed: int = 1
) -> list[list[Verdict]]:
    """Per network and choice (one for a network without) the shortest order of at most `limits` metres."""
    answers = shortest(networks, limits, clock.expired)
    for network, row, verdicts in zip(networks, limits, answers, strict=True):
        for choice, limit in enumerate(row):
            if verdicts[choice] is UNDECIDED and not clock.expired():
                verdicts[choice] = _prove(network, choice, limit, clock, seed)
    return answers


def _prove(network: Network, choice: int, limit: int, clock: Clock, seed: int) -> Verdict:
    """As `orders` for one choice; the node of the choice keeps its number."""
    verdict = routing.prove(network.only(choice), limit, clock.patience(), seed)
    chosen = network.jobs + 2
    if verdict.nodes is None or not network.choices:
        return verdict
    nodes = tuple(node + choice if node == chosen else node for node in verdict.nodes)
    return Verdict(nodes, verdict.length, verdict.proven)
