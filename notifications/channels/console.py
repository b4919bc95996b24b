"""Shows messages instead of sending them: nothing leaves the machine. The row in the outbox keeps the text."""

import sys
from collections.abc import Sequence
from typing import TextIO

from notifications.channels.base import Outgoing, Receipt, Report, Trace


class ConsoleChannel:
    """Prints what would be sent."""

    traceable = False

    def __init__(self, name: str, stream: TextIO | None = None) -> None:
        self.name = name
        self._stream = stream

    def send(self, outgoing: Outgoing) -> Receipt:
        """Print the message, in one write so that threads don't mix theirs."""
        subject = f"\n  {outgoing.subject}" if outgoing.subject else ""
        body = outgoing.body.replace("\n", "\n  ")
        (self._stream or sys.stdout).write(f"[{self.name} to {outgoing.recipient}]{subject}\n  {body}\n")
        return Receipt()

    def find(self, trace: Trace) -> Sequence[Report]:
        """Nothing was sent, so nothing can be found."""
        return ()
