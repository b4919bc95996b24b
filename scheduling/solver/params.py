"""How hard the solver looks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Params:
    """`max_detour` in metres; `budget` in seconds for the whole question, None for no limit; `explain` wants the
    exact reason and the exact excess of every refused slot, which costs time: without it `window` stands for
    `plan`, `shift`, `window` and `detour` alike.
    """

    max_detour: int
    budget: float | None = 1.0
    explain: bool = False
    seed: int = 1
