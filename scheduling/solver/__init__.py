"""The slot solver, a pure island: frozen values in, frozen values out.

`prepare` a route once, keep it by (route id, version), then `propose` slots or `decide` one of them.
"""

from scheduling.solver.check import Inspection, check, inspect, length, schedule
from scheduling.solver.insertion import Prepared, prepare
from scheduling.solver.offers import decide, propose, sharpen
from scheduling.solver.params import Params
from scheduling.solver.planning import plan_day
from scheduling.solver.problem import (
    Answer,
    Break,
    Interval,
    Job,
    Offer,
    Place,
    Reason,
    Refusal,
    Route,
    Slot,
    TravelTimes,
    Violation,
)
from scheduling.solver.routing import warm_up

__all__ = [
    "Answer",
    "Break",
    "Inspection",
    "Interval",
    "Job",
    "Offer",
    "Params",
    "Place",
    "Prepared",
    "Reason",
    "Refusal",
    "Route",
    "Slot",
    "TravelTimes",
    "Violation",
    "check",
    "decide",
    "inspect",
    "length",
    "plan_day",
    "prepare",
    "propose",
    "schedule",
    "sharpen",
    "warm_up",
]
