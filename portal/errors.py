"""Errors as pages: one table from what went wrong to what the reader is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden, HTTPException, SecurityError

from notifications.errors import (
    DaysRefused,
    IllegalMessageMove,
    InvitationGone,
    NobodyToNotify,
    NotificationError,
    TemplateInvalid,
)
from portal.auth.paths import local
from portal.staff import AddressTaken, LastAdministrator, StaffError
from scheduling import errors as planning


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page of staff says about an error; `{error}` in `text` is the error itself."""

    status: int
    title: str
    text: str


UNCHANGED = "Nothing was changed."
FAULT = Explanation(500, "Something went wrong here", f"The fault is ours and has been noted. {UNCHANGED}")

DOMAIN: Mapping[type[Exception], Explanation] = {
    planning.StaleVisit: Explanation(
        409, "The appointment has changed", f"Somebody changed visit {{error.ref}} while the page was open. {UNCHANGED}"
    ),
    planning.StaleWrite: Explanation(
        409, "Somebody else was first", f"The record was changed while the page was open. {UNCHANGED}"
    ),
    planning.IllegalMove: Explanation(
        409, "This can't follow", f"Visit {{error.ref}} is {{error.status}} and can't become {{error.to}}. {UNCHANGED}"
    ),
    planning.NotOpen: Explanation(409, "Not open any more", f"Visit {{error.ref}} can't be changed now. {UNCHANGED}"),
    planning.SlotTaken: Explanation(
        409, "The slot is taken", f"No technician can serve it any more; look for another time. {UNCHANGED}"
    ),
    planning.PromiseBroken: Explanation(
        409, "That would break a promise", f"Other appointments on the route couldn't be kept. {UNCHANGED}"
    ),
    planning.NoCoordinates: Explanation(
        409, "The place isn't known", "The address of visit {error.ref} has no coordinates, so no slot can be reckoned."
    ),
    planning.NoSuchWallTime: Explanation(
        422, "No such time", f"Clocks are put forward over {{error.text}}. {UNCHANGED}"
    ),
    planning.TravelUnavailable: Explanation(
        503, "No travel times just now", f"The road engine can't be used: {{error.why}}. {UNCHANGED}"
    ),
    TemplateInvalid: Explanation(422, "The template can't be used", "{error.reason}"),
    InvitationGone: Explanation(410, "The link is no longer valid", "Send the customer a new one."),
    DaysRefused: Explanation(
        422, "The allowed days can't be used", f"They are past, empty or switched off. {UNCHANGED}"
    ),
    NobodyToNotify: Explanation(422, "Nobody can be told", "None of those chosen can be reached by these templates."),
    IllegalMessageMove: Explanation(409, "The message has gone on", f"It is {{error.state}} by now. {UNCHANGED}"),
    AddressTaken: Explanation(409, "Somebody has this address", "{error.email} belongs to another person here."),
    LastAdministrator: Explanation(
        409, "The last administrator stays", f"Nobody would be left who can let people in. {UNCHANGED}"
    ),
}
FAMILIES = (planning.SchedulingError, NotificationError, StaffError)

HTTP: Mapping[int, Explanation] = {
    400: Explanation(400, "This request can't be read", f"Go back, load the page again and try once more. {UNCHANGED}"),
    404: Explanation(404, "Nothing here", "The address leads nowhere, or to something that isn't there any more."),
    405: Explanation(405, "Not this way", "The address answers to another kind of request."),
    413: Explanation(413, "Too large", "What was sent is larger than is taken here."),
    429: Explanation(429, "Too many tries", "Wait a quarter of an hour, then try again."),
}
TOKEN = Explanation(
    400, "The page was open too long", f"Your session has changed since. Load the page again. {UNCHANGED}"
)


def init_app(app: Flask) -> None:
    """Register the error pages."""
    for family in FAMILIES:
        app.register_error_handler(family, _answer_domain)
    app.register_error_handler(CSRFError, lambda _error: _answer(TOKEN))
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_fault)


def explain(error: Exception) -> Explanation:
    """What is said about an error of ours: of its class, or of the nearest above it."""
    found = next((DOMAIN[kind] for kind in type(error).__mro__ if kind in DOMAIN), FAULT)
    return Explanation(found.status, found.title, found.text.format(error=error))


def _answer_domain(error: Exception) -> ResponseReturnValue:
    return _answer(explain(error))


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    status = 404 if isinstance(error, Forbidden) else error.code or 500
    if status < 400 or isinstance(error, SecurityError):  # nothing can be linked for a host that isn't ours
        return error.get_response()
    return _answer(HTTP.get(status, Explanation(status, error.name, error.description or "")))


def _answer_fault(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    current_app.logger.error("request failed", exc_info=error)
    return _answer(FAULT)


def _answer(what: Explanation) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return {"title": what.title, "text": what.text}, what.status
    return render_template("errors/error.html", what=what, back=_back()), what.status


def _back() -> str | None:
    """The page of ours that the reader came from."""
    came = urlsplit(request.referrer or "")
    return local(came._replace(scheme="", netloc="").geturl()) if came.netloc == request.host else None
