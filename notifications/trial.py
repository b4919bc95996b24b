"""Test messages: a text filled with a scene, by the ordinary outbox, to the person of staff who asks for it."""

from uuid import uuid4

from sqlalchemy.orm import Session

from notifications import outbox, render
from notifications.context import Party
from notifications.models import ChannelName
from notifications.scene import Scene
from notifications.templates import Text
from scheduling.events import Actor

SAMPLE_TOKEN = "ThisIsASampleThatCantAct"  # noqa: S105 (it signs nothing)
"""As long as the token of a link, so that a test takes as many segments; no key signed it, so it opens nothing."""


def sample_link(public_url: str) -> str:
    """What stands where a customer's link would: for the scene of every test and preview."""
    return f"{public_url}/c/{SAMPLE_TOKEN}"


def send(
    session: Session, text: Text, channel: ChannelName, *, to: Party, locale: str, scene: Scene, actor: Actor
) -> int | None:
    """Put the text in as it reads with the scene; returns the message's id. Raises `TemplateInvalid`.

    Each call is another message. It belongs to no visit: nobody is invited and nothing is promised. The subject says
    that it is a test; an SMS stays as customers would read it, or its length wouldn't be the true one.
    """
    written = render.write(text, scene, channel)
    key = outbox.dedupe_key(
        source=f"trial:{actor.name}",
        action="test",
        subject="-",
        recipient=to.key,
        channel=channel,
        occurrence=uuid4().hex,
    )
    return outbox.insert(
        session,
        key=key,
        channel=channel,
        party=to.key,
        recipient=to.address(channel),
        locale=locale,
        subject=None if written.subject is None else f"Test: {written.subject}",
        body=written.body,
        html=written.html,
    )
