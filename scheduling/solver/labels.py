"""The shortest order of many networks at once, exact: label setting over (jobs served, last stop), vectorised.

A label is a partial order with its clock and its length. All labels of all networks grow by one stop per level; of
those that served the same jobs and stand at the same stop only the Pareto-optimal ones by (length, clock) are kept.
Source: Y. Dumas et al., "An optimal algorithm for the traveling salesman problem with time windows" (1995).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from scheduling.solver.network import NEVER, SINK, SOURCE, Network, Rest
from scheduling.solver.problem import IntArray

WIDEST = 40  # Nodes of a network; beyond, the sets served don't fit into the bits of a key.
LABELS = 20_000  # A network that needs more of them on a level is left to others.
TOGETHER = 16  # Networks whose labels grow together: they share the overhead, and their memory adds up.
_CLOCK_BITS = 20

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the shortest order: its nodes and metres, or None for none; `proven` or merely the best seen."""

    nodes: tuple[int, ...] | None
    length: int
    proven: bool


NONE_EXISTS = Verdict(None, NEVER, proven=True)
UNDECIDED = Verdict(None, NEVER, proven=False)


def shortest(
    networks: Sequence[Network], limits: Sequence[Sequence[int]], expired: Callable[[], bool], most: int = LABELS
) -> list[list[Verdict]]:
    """Per network and choice (one for a network without) the shortest order of at most `limits` metres.

    Undecided: networks that are too wide or need more than `most` labels on a level, and all that isn't done when
    `expired` says so.
    """
    answers = [[UNDECIDED] * max(1, network.choices) for network in networks]
    small = [i for i, network in enumerate(networks) if len(network.duration) <= WIDEST]
    for first in range(0, len(small), TOGETHER):
        group = small[first : first + TOGETHER]
        search = _Search(_Stack.of([networks[i] for i in group], [limits[i] for i in group]), most)
        search.run(expired)
        for place, i in enumerate(group):
            answers[i] = search.verdicts(place, networks[i])
    return answers


@dataclass(frozen=True, slots=True, eq=False)
class _Stack:
    """Networks side by side, padded to one shape: `jobs` columns of jobs, then `choices` columns of choices.

    Columns are the nodes from 2 on. Rows of `limit` (networks, choices) are metres above the network's floor.
    """

    jobs: int
    choices: int
    seconds: IntArray
    metres: IntArray
    duration: IntArray
    earliest: IntArray
    need: IntArray
    latest: IntArray
    home: IntArray
    leave: IntArray
    rest: IntArray
    limit: IntArray
    metric: BoolArray
    goal: IntArray

    @classmethod
    def of(cls, networks: Sequence[Network], limits: Sequence[Sequence[int]]) -> Self:
        r, jobs = len(networks), max(network.jobs for network in networks)
        choices = max(network.choices for network in networks)
        n = 2 + jobs + choices
        square, flat = np.zeros((2, r, n, n), dtype=np.int64), np.zeros((4, r, n), dtype=np.int64)
        flat[2, :, 2 + jobs :], flat[3] = NEVER, -1
        limit = np.full((r, max(1, choices)), -1, dtype=np.int64)
        for i, network in enumerate(networks):
            nodes = np.r_[: network.jobs + 2, jobs + 2 : jobs + 2 + network.choices]
            square[:, i, nodes[:, None], nodes] = network.seconds, network.reduced
            flat[:, i, nodes] = network.duration, network.earliest, network.need(), network.latest
            limit[i, : len(limits[i])] = np.array(limits[i]) - network.floor
        return cls(
            jobs=jobs,
            choices=choices,
            seconds=square[0],
            metres=square[1],
            duration=flat[0],
            earliest=flat[1],
            need=flat[2],
            latest=flat[3, :, 2:],
            home=flat[3, :, SINK],
            leave=np.array([network.leave for network in networks], dtype=np.int64),
            rest=np.array([network.rest for network in networks], dtype=np.int64),
            limit=limit,
            metric=np.array([network.metric for network in networks]),
            goal=np.array([(1 << network.jobs) - 1 for network in networks], dtype=np.int64),
        )

    @property
    def bits(self) -> IntArray:
        return np.int64(1) << np.arange(self.jobs + self.choices, dtype=np.int64)

    @property
    def rested(self) -> int:
        return 1 << (self.jobs + self.choices)

    @property
    def chosen(self) -> int:
        return self.rested - (1 << self.jobs)


@dataclass(slots=True, eq=False)
class _Labels:
    """Partial orders, one an entry: network, jobs served (bits), last node, clock, length, its limit, parent.

    `ahead`: the seconds that what isn't served yet will take at least.
    """

    network: IntArray
    served: IntArray
    last: IntArray
    clock: IntArray
    length: IntArray
    limit: IntArray
    ahead: IntArray
    parent: IntArray

    def take(self, which: IntArray | BoolArray) -> "_Labels":
        return _Labels(*(getattr(self, f.name)[which] for f in fields(self)))

    def join(self, other: "_Labels") -> "_Labels":
        return _Labels(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))


@dataclass(slots=True, eq=False)
class _Search:
    stack: _Stack
    most: int
    levels: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    found: dict[tuple[int, int], tuple[int, int, int]] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)

    def run(self, expired: Callable[[], bool]) -> None:
        labels = self._roots()
        while len(labels.network):
            if expired():
                self.given_up.update(labels.network.tolist())
                return
            self.levels.append((labels.parent, labels.last))
            self._finish(labels)
            labels = self._thin(_pareto(self.stack, _grow(self.stack, labels)))

    def verdicts(self, place: int, network: Network) -> list[Verdict]:
        return [self._verdict(place, choice, network) for choice in range(max(1, network.choices))]

    def _verdict(self, place: int, choice: int, network: Network) -> Verdict:
        if place in self.given_up:
            return UNDECIDED
        if (place, choice) not in self.found:
            return NONE_EXISTS
        length, level, entry = self.found[place, choice]
        nodes: list[int] = []
        while level > 0:
            parent, last = self.levels[level]
            node = int(last[entry])
            nodes.append(node if node < self.stack.jobs + 2 else node - self.stack.jobs + network.jobs)
            level, entry = level - 1, int(parent[entry])
        return Verdict(tuple(reversed(nodes)), length + network.floor, proven=True)

    def _roots(self) -> _Labels:
        network, rested = np.nonzero(self.stack.leave < NEVER)
        zero = np.zeros(len(network), dtype=np.int64)
        limit = self.stack.limit.max(axis=1)[network]
        ahead = self.stack.need[network, : self.stack.jobs + 2].sum(axis=1)
        if self.stack.choices:
            ahead += self.stack.need[network, self.stack.jobs + 2 :].min(axis=1)
        served = rested * self.stack.rested
        return _Labels(network, served, zero + SOURCE, self.stack.leave[network, rested], zero, limit, ahead, zero)

    def _finish(self, labels: _Labels) -> None:
        """Note the shortest of the labels that have served all and can be home in time."""
        done, length = _home(self.stack, labels)
        for entry in done[np.argsort(length[done], kind="stable")].tolist():
            chosen = int(labels.served[entry] & self.stack.chosen) >> self.stack.jobs
            key = int(labels.network[entry]), max(0, chosen.bit_length() - 1)
            self.found.setdefault(key, (int(length[entry]), len(self.levels) - 1, entry))

    def _thin(self, labels: _Labels) -> _Labels:
        """Give up networks with too many labels."""
        wide = np.bincount(labels.network, minlength=len(self.stack.goal)) > self.most
        if not wide.any():
            return labels
        self.given_up.update(np.flatnonzero(wide).tolist())
        return labels.take(~wide[labels.network])


def _home(stack: _Stack, labels: _Labels) -> tuple[IntArray, IntArray]:
    """The complete labels that are home in time and within their limit, and the lengths of all."""
    way = stack.seconds[labels.network, labels.last, SINK]
    length = labels.length + stack.metres[labels.network, labels.last, SINK]
    goal = stack.goal[labels.network]
    done = (labels.served & goal) == goal
    if stack.choices:
        done &= (labels.served & stack.chosen) != 0
    rest, home = Rest(*stack.rest[labels.network].T), stack.home[labels.network]
    unrested = (labels.served & stack.rested) == 0
    latest = np.where(
        unrested, np.maximum(np.minimum(home, rest.before(NEVER)) - way, rest.leave(home, way)), home - way
    )
    return np.flatnonzero(done & (labels.clock <= latest) & (length <= labels.limit)), length


def _grow(stack: _Stack, labels: _Labels) -> _Labels:
    """Every label with each stop that may come next, with and without a break on the way."""
    open_ = (~labels.served[:, None] & stack.bits) != 0
    open_[:, : stack.jobs] &= (stack.goal[labels.network, None] & stack.bits[: stack.jobs]) != 0
    open_[:, stack.jobs :] &= (labels.served & stack.chosen)[:, None] == 0
    way = stack.seconds[labels.network, labels.last, 2:]
    arrival = labels.clock[:, None] + way
    in_time = arrival <= stack.latest[labels.network]
    open_[_doomed(stack, labels, open_, in_time)] = False
    grown = _children(stack, labels, arrival, open_ & in_time)
    open_ &= ((labels.served & stack.rested) == 0)[:, None]
    if not open_.any():
        return grown
    rest = Rest(*stack.rest[labels.network].T[..., None])
    rested = _children(stack, labels, rest.arrive(labels.clock[:, None], way), open_)
    rested.served |= stack.rested
    return grown.join(rested)


def _doomed(stack: _Stack, labels: _Labels, open_: BoolArray, in_time: BoolArray) -> BoolArray:
    """Labels that are too late for a job they must still serve, or for their break."""
    late = (open_ & ~in_time)[:, : stack.jobs].any(axis=1)
    if stack.choices:
        waits = open_[:, stack.jobs :].any(axis=1)
        late |= waits & ~in_time[:, stack.jobs :].any(axis=1)
    late &= stack.metric[labels.network]
    tired = (labels.served & stack.rested) == 0
    restless: BoolArray = tired & (labels.clock > Rest(*stack.rest[labels.network].T).before(NEVER))
    return late | restless


def _children(stack: _Stack, labels: _Labels, arrival: IntArray, allowed: BoolArray) -> _Labels:
    """The labels one stop longer that keep the stop's times and their limit of metres."""
    parent, column = np.nonzero(allowed)
    network, node = labels.network[parent], column + 2
    start = np.maximum(arrival[parent, column], stack.earliest[network, node])
    length = labels.length[parent] + stack.metres[network, labels.last[parent], node]
    limit = labels.limit[parent]
    if stack.choices:
        choice = column - stack.jobs
        limit = np.where(choice >= 0, stack.limit[network, np.maximum(choice, 0)], limit)
    keep = np.flatnonzero((start <= stack.latest[network, column]) & (length <= limit))
    parent, column, network, node = parent[keep], column[keep], network[keep], node[keep]
    clock = start[keep] + stack.duration[network, node]
    served = labels.served[parent] | stack.bits[column]
    ahead = labels.ahead[parent] - stack.need[network, node]
    grown = _Labels(network, served, node, clock, length[keep], limit[keep], ahead, parent)
    return grown.take(clock + ahead <= stack.home[network])


def _pareto(stack: _Stack, labels: _Labels) -> _Labels:
    """Of labels with the same network, jobs served and last node those that no other beats in length and clock."""
    place = labels.network * (stack.jobs + stack.choices + 2) + labels.last
    key = (place << (stack.jobs + stack.choices + 1)) | labels.served
    order = np.lexsort(((labels.length << _CLOCK_BITS) + labels.clock, key))
    key, clock = key[order], labels.clock[order]
    group = np.cumsum(np.diff(key, prepend=key[:1]) != 0)
    falling = clock - (group << _CLOCK_BITS)
    keep = np.ones(len(order), dtype=np.bool_)
    keep[1:] = falling[1:] < np.minimum.accumulate(falling)[:-1]
    return labels.take(order[keep])
