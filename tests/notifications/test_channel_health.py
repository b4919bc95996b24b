"""A channel at a glance, by what really went through it."""

import pytest

from notifications import channel_health, deliver, lanes
from notifications.channel_health import Health, Light
from notifications.channels.base import ChannelError, Outcome
from notifications.models import ChannelName
from scheduling import clock
from tests.notifications.conftest import World, queue


def health(world: World, *, set_up: bool = True, shown_only: bool = False) -> Health:
    with world.transaction() as session:
        return channel_health.of(session, ChannelName.EMAIL, set_up=set_up, shown_only=shown_only)


def deliver_one(world: World) -> int:
    (number,) = queue(world.transaction, 1)
    deliver.run(world.transaction, number, world.context)
    return number


def test_before_anything_was_sent(world: World) -> None:
    assert health(world).light is Light.UNTRIED
    assert health(world, shown_only=True).light is Light.SHOWN
    assert health(world, set_up=False).light is Light.NOT_SET_UP


def test_what_went_out_is_a_good_sign(world: World) -> None:
    deliver_one(world)
    seen = health(world)
    assert (seen.light, seen.succeeded, seen.failure, seen.waiting) == (Light.WORKS, clock.now(), None, 0)


def test_a_failure_is_told_in_words_until_something_goes_out_again(world: World) -> None:
    world.email.next.append(ChannelError(Outcome.PERMANENT, "refused", code="550"))
    number = deliver_one(world)
    seen = health(world)
    assert seen.light is Light.FAILING
    assert seen.failure
    assert (seen.failure.words, seen.failure.code, seen.failure.message_id) == (
        "The provider refused the message.",
        "550",
        number,
    )


def test_what_is_due_for_long_is_late(world: World) -> None:
    queue(world.transaction, 3)
    assert (health(world).light, health(world).waiting) == (Light.UNTRIED, 3)
    since = clock.now()
    world.clock.advance(minutes=6)
    assert (health(world).light, health(world).oldest) == (Light.LATE, since)


@pytest.mark.parametrize(
    ("lane", "reason", "words"),
    [
        ("email", "credentials 535", "The provider refused our credentials"),
        (lanes.ALL, "restored from a backup", "restored from a backup."),
    ],
)
def test_a_stopped_lane_says_why(world: World, lane: str, reason: str, words: str) -> None:
    with world.transaction() as session:
        lanes.stop(session, lane, reason)
    seen = health(world)
    assert seen.light is Light.STOPPED
    (stopped,) = seen.stopped
    assert channel_health.why_stopped(stopped).startswith(words)
