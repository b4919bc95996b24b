"""What OR-Tools does for us: proofs for routes too large for labels.

Of CP-SAT only OPTIMAL and INFEASIBLE are proofs. Its time limits are soft, so callers give it small ones.
"""

from typing import Any

from ortools.sat.python import cp_model

from scheduling.solver.labels import NONE_EXISTS, UNDECIDED, Verdict
from scheduling.solver.network import NEVER, SINK, SOURCE, Network

_HORIZON = 1 << 20


def warm_up() -> None:
    """Load what the first solve would otherwise wait for."""
    model = cp_model.CpModel()
    model.new_bool_var("")
    cp_model.CpSolver().solve(model)


def prove(network: Network, limit: int, seconds: float | None = None, seed: int = 1) -> Verdict:
    """The shortest order of at most `limit` metres of a network with no choice or one; `seconds` None: to the proof."""
    if network.floor > limit:
        return NONE_EXISTS
    return _Circuit(network, limit).solve(seconds, seed)


class _Circuit:
    """A Hamiltonian path from source to sink, with a start for every node and a break somewhere."""

    def __init__(self, network: Network, limit: int) -> None:
        self.network = network
        self.model = cp_model.CpModel()
        n = len(network.duration)
        self.begin = [self._start(node) for node in range(n)]
        follows = network.arcs()
        self.arcs = {
            (i, j): self.model.new_bool_var("") for i in range(n) for j in range(n) if i != j and follows[i, j]
        }
        self.model.add_circuit([(i, j, arc) for (i, j), arc in self.arcs.items()] + [(SINK, SOURCE, True)])
        for (i, j), arc in self.arcs.items():
            ready = int(network.duration[i] + network.seconds[i, j])
            self.model.add(self.begin[j] >= self.begin[i] + ready).only_enforce_if(arc)
        self._leave()
        length = sum(int(network.metres[i, j]) * arc for (i, j), arc in self.arcs.items())
        if limit < NEVER:
            self.model.add(length <= limit)
        self.model.minimize(length)

    def solve(self, seconds: float | None, seed: int) -> Verdict:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        if seconds is not None:
            solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return NONE_EXISTS
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return UNDECIDED
        onward = {i: j for (i, j), arc in self.arcs.items() if solver.boolean_value(arc)}
        nodes = [onward[SOURCE]]
        while nodes[-1] != SINK:
            nodes.append(onward[nodes[-1]])
        return Verdict(tuple(nodes[:-1]), round(solver.objective_value), proven=status == cp_model.OPTIMAL)

    def _start(self, node: int) -> Any:
        """For the source the time at which the technician leaves it."""
        low, high = int(self.network.earliest[node]), int(self.network.latest[node])
        if low > high:
            self.model.add_bool_or([])
        return self.model.new_int_var(low, max(low, min(high, _HORIZON)), "")

    def _leave(self) -> None:
        """The break is behind the technician at the source, or it is taken somewhere on the route."""
        unrested, rested = self.network.leave
        if unrested == NEVER:
            self.model.add(self.begin[SOURCE] >= rested)
            return
        behind = self.model.new_bool_var("")
        self.model.add(self.begin[SOURCE] >= min(rested, _HORIZON)).only_enforce_if(behind)
        self.model.add_exactly_one([behind, *self._breaks()])

    def _breaks(self) -> list[Any]:
        """Literals of the places for the break: after the return, before leaving or on arrival at each stop."""
        earliest, latest, length = (int(bound) for bound in self.network.rest)
        if earliest + length > latest:
            return []
        home = self.model.new_bool_var("")
        self.model.add(self.begin[SINK] <= latest - length).only_enforce_if(home)
        pause = self.model.new_int_var(earliest, latest - length, "")
        stops = range(2, len(self.begin))
        leaving = [self._before_leaving(node, pause) for node in (SOURCE, *stops)]
        return [home, *leaving, *(self._on_arrival(node, pause) for node in stops)]

    def _before_leaving(self, node: int, pause: Any) -> Any:
        taken = self.model.new_bool_var("")
        done = int(self.network.duration[node])
        self.model.add(pause >= self.begin[node] + done).only_enforce_if(taken)
        for (i, j), arc in self.arcs.items():
            if i == node:
                ready = int(self.network.rest.length + self.network.seconds[i, j])
                self.model.add(self.begin[j] >= pause + ready).only_enforce_if(arc, taken)
        return taken

    def _on_arrival(self, node: int, pause: Any) -> Any:
        taken = self.model.new_bool_var("")
        self.model.add(self.begin[node] >= pause + int(self.network.rest.length)).only_enforce_if(taken)
        for (i, j), arc in self.arcs.items():
            if j == node:
                ready = int(self.network.duration[i] + self.network.seconds[i, j])
                self.model.add(pause >= self.begin[i] + ready).only_enforce_if(arc, taken)
        return taken
