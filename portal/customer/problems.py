"""What customers are told where something was refused: why exactly, that nothing was changed, and the way on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from notifications.errors import InvitationGone, NobodyToNotify
from portal.customer.forms import Unsealed
from portal.customer.renewal import TooManyLinks
from portal.customer.words import obstacle
from scheduling.errors import (
    NoCoordinates,
    NotOpen,
    SchedulingError,
    SlotTaken,
    StaleVisit,
    StaleWrite,
    TravelUnavailable,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands below the company's own error text."""

    status: int
    reason: str
    way_on: str


EXPLAINED = (SchedulingError, Unsealed, InvitationGone, TooManyLinks, NobodyToNotify)
"""The errors that end on a page of the customer's."""
Explain = Callable[[Exception], Problem]


def of(error: Exception) -> Problem:
    """What is said about an error: of its class, or of the nearest above it."""
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)(error)


def _stale(_error: Exception) -> Problem:
    return Problem(
        409,
        gettext("Your appointment has changed since you opened the page, so nothing was done."),
        gettext("This is how it stands now."),
    )


def _contested(_error: Exception) -> Problem:
    return Problem(
        409,
        gettext("Somebody changed the planning at the same moment. Your appointment is unchanged."),
        gettext("You can try again."),
    )


def _taken(_error: Exception) -> Problem:
    return Problem(
        409,
        gettext("This time has just been taken. Your appointment is unchanged."),
        gettext("These times are free now."),
    )


def _closed(error: Exception) -> Problem:
    why = obstacle(error.why) if isinstance(error, NotOpen) else ""
    return Problem(
        409,
        why or gettext("This appointment can't be moved online."),
        gettext("Nothing was changed. This is how your appointment stands."),
    )


def _no_times(_error: Exception) -> Problem:
    return Problem(
        503,
        gettext("We could not work out the times just now. Try again in a few minutes."),
        gettext("Your appointment stands. Tell us what would suit you, and we will look for it."),
    )


def _refused(_error: Exception) -> Problem:
    return Problem(409, gettext("This can't be done. Your appointment is unchanged."), gettext("You can try again."))


def _unsealed(_error: Exception) -> Problem:
    return Problem(
        400,
        gettext("The form was incomplete or belongs to another page. Nothing was changed."),
        gettext("Use the buttons on this page."),
    )


def _gone(_error: Exception) -> Problem:
    return Problem(410, gettext("This link no longer works. Nothing was changed."), "")


def _too_many(_error: Exception) -> Problem:
    return Problem(
        429,
        gettext("We have sent you several new links today already."),
        gettext("Use the newest one, or call us."),
    )


def _unreachable(_error: Exception) -> Problem:
    return Problem(
        409,
        gettext("We have no way to send you a new link, or there is no appointment ahead."),
        gettext("Call us, and we will help you."),
    )


TABLE: Mapping[type[Exception], Explain] = {
    StaleVisit: _stale,
    StaleWrite: _contested,
    SlotTaken: _taken,
    NotOpen: _closed,
    NoCoordinates: _closed,
    TravelUnavailable: _no_times,
    SchedulingError: _refused,
    Unsealed: _unsealed,
    InvitationGone: _gone,
    TooManyLinks: _too_many,
    NobodyToNotify: _unreachable,
}
