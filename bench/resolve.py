"""The peer of the slot search: a whole day solved again by OR-Tools with the customer in one slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.instance import FAR, SHIFT, TRAVEL
from scheduling.solver import Interval, Job, Route, length

PENALTY = 10_000_000
"""Metres that leaving the customer out costs."""


@dataclass(frozen=True)
class Day:
    """Nodes are starts, ends, then the jobs of each route in turn, then the customer."""

    routes: Sequence[Route]
    job: Job

    @property
    def jobs(self) -> list[Job]:
        return [*(job for route in self.routes for job in route.jobs), self.job]


def serves(routes: Sequence[Route], job: Job, slot: Interval, seconds: int) -> bool:
    """Whether the re-solve finds the customer a place in the slot within the maximum detour.

    Others stay with their technicians and in their windows; the search begins at the present plan.
    """
    day = Day(routes, job)
    manager, model, node = _model(day, slot)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.seconds = seconds  # guided local search takes them all
    model.CloseModelWithParameters(parameters)
    present = model.ReadAssignmentFromRoutes(_present(day, manager), True)
    found = model.SolveFromAssignmentWithParameters(present, parameters)
    if not found or found.Value(model.NextVar(node)) == node:
        return False
    vehicle = found.Value(model.VehicleVar(node))
    return _driven(model, found, vehicle) - length(routes[vehicle], TRAVEL) <= FAR


def _model(day: Day, slot: Interval) -> tuple[Any, Any, int]:
    vehicles, jobs = len(day.routes), day.jobs
    places = [route.start for route in day.routes] + [route.end for route in day.routes] + [job.place for job in jobs]
    seconds, metres = TRAVEL.matrix(places, places)
    service = [0] * (2 * vehicles) + [job.duration for job in jobs]
    manager = pywrapcp.RoutingIndexManager(
        len(places), vehicles, list(range(vehicles)), list(range(vehicles, 2 * vehicles))
    )
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(metres.tolist()))
    times = [[leg + stay for leg in row] for row, stay in zip(seconds.tolist(), service, strict=True)]
    model.AddDimension(model.RegisterTransitMatrix(times), SHIFT[1], SHIFT[1], False, "time")
    clock = model.GetDimensionOrDie("time")
    for vehicle in range(vehicles):
        clock.CumulVar(model.Start(vehicle)).SetRange(*SHIFT)
        clock.CumulVar(model.End(vehicle)).SetRange(*SHIFT)
    owners = [vehicle for vehicle, route in enumerate(day.routes) for _ in route.jobs]
    for node, (job, owner) in enumerate(zip(jobs, owners, strict=False), start=2 * vehicles):
        index = manager.NodeToIndex(node)
        clock.CumulVar(index).SetRange(*(job.window or SHIFT))
        model.VehicleVar(index).SetValues([owner])
    asked = manager.NodeToIndex(len(places) - 1)
    clock.CumulVar(asked).SetRange(*slot)
    model.AddDisjunction([asked], PENALTY)
    return manager, model, asked


def _present(day: Day, manager: Any) -> list[list[int]]:
    node, plan = 2 * len(day.routes), []
    for route in day.routes:
        plan.append([manager.NodeToIndex(node + i) for i in range(len(route.jobs))])
        node += len(route.jobs)
    return plan


def _driven(model: Any, found: Any, vehicle: int) -> int:
    index, metres = model.Start(vehicle), 0
    while not model.IsEnd(index):
        onward = found.Value(model.NextVar(index))
        metres += model.GetArcCostForVehicle(index, onward, vehicle)
        index = onward
    return metres
