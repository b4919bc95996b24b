"""Which stops of a board are shown: by technician, by state, by what somebody typed. It stands in the address."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from portal.console.presenter import OPEN, Mark, RouteView, StopView

UNCONFIRMED = "open"
LATE = "late"
STATES: Mapping[str, str] = {
    UNCONFIRMED: "Not confirmed",
    Mark.CONFIRMED: "Confirmed",
    Mark.MOVED: "Moved",
    Mark.WAITING: "Waiting",
    Mark.SILENT: "Not notified",
    Mark.PROBLEM: "Can’t be reached",
    LATE: "Outside the promise",
    Mark.UNDER_WAY: "Under way",
    Mark.DONE: "Done",
}
"""What `?state=` may say, and how the list of states calls it."""
TESTS: Mapping[str, Callable[[StopView], bool]] = {
    UNCONFIRMED: lambda stop: stop.mark in OPEN,
    LATE: lambda stop: stop.late,
}


@dataclass(frozen=True, slots=True)
class Sieve:
    """What is asked for; empty parts don't matter."""

    text: str = ""
    technician: int | None = None
    state: str = ""

    @property
    def active(self) -> bool:
        """Whether anything is held back."""
        return bool(self.arguments)

    @property
    def arguments(self) -> dict[str, Any]:
        """The same as an address says it."""
        asked = {"q": self.text, "technician": self.technician or 0, "state": self.state}
        return {name: value for name, value in asked.items() if value}

    def with_state(self, state: str) -> dict[str, Any]:
        """The arguments with that state instead; without any where it is in force already."""
        return replace(self, state="" if state == self.state else state).arguments

    def stops(self, stops: Sequence[StopView]) -> tuple[StopView, ...]:
        """Those that pass by state and text."""
        return tuple(stop for stop in stops if self._state(stop) and self._text(stop))

    def routes(self, routes: Sequence[RouteView]) -> Iterator[RouteView]:
        """Those that pass, with the stops that do."""
        for route in routes:
            if self.technician in {None, route.technician_id}:
                yield replace(route, stops=self.stops(route.stops))

    def _state(self, stop: StopView) -> bool:
        test = TESTS.get(self.state)
        return test(stop) if test else self.state in {"", stop.mark}

    def _text(self, stop: StopView) -> bool:
        text = self.text.casefold()
        digits = re.sub(r"\D", "", text.replace("(0)", ""))
        said = (stop.customer, stop.address, stop.ref, stop.type, f"#{stop.visit_number}")
        return any(text in word.casefold() for word in said) or (len(digits) >= 4 and digits.lstrip("0") in stop.phone)


def read() -> Sieve:
    """What the address asks for; what can't be read doesn't matter."""
    state = request.args.get("state", "")
    return Sieve(
        text=request.args.get("q", "").strip()[:100],
        technician=request.args.get("technician", type=int),
        state=state if state in STATES else "",
    )
