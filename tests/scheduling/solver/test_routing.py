"""CP-SAT where labels give up, and beside them where both can answer."""

from random import Random

import pytest

from scheduling.solver import Job, Params, prepare, propose, routing, sharpen, warm_up
from scheduling.solver.labels import NONE_EXISTS, WIDEST, shortest
from scheduling.solver.network import NEVER
from tests.scheduling.solver.builders import ASKED, Flat, at, random_route, route, slot

LINE = Flat()


def test_warms_up() -> None:
    warm_up()


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_labels(seed: int) -> None:
    network = prepare(random_route(Random(seed), 1, 8), LINE).network
    [[known]] = shortest([network], [[NEVER]], lambda: False)
    proven = routing.prove(network, NEVER)
    assert (proven.length, proven.proven) == (known.length, True)
    if known.nodes:
        assert routing.prove(network, known.length - 1) == NONE_EXISTS


def test_a_route_too_wide_for_labels_is_proven_too() -> None:
    jobs = [Job(i, at(i), 1, window=(2 * i, 2 * i + 4)) for i in range(1, WIDEST + 5)]
    wide = prepare(route(*jobs, shift=(0, 200)), LINE)
    sharpen([wide])
    assert wide.best is not None
    assert wide.best.length == wide.length == 2 * len(jobs)
    answer = propose(Job(ASKED, at(9), 1), [slot(0, 22), slot(100, 200)], [wide], LINE, Params(0, budget=None))
    assert [offer.detour for offer in answer.offers] == [0, 0]
