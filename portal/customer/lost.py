"""What is said where a link leads nowhere or something broke: it stands on no data and tells nothing about anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from flask import abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from portal import filters
from portal.appearance import LANGUAGES
from portal.customer.door import blueprint


@dataclass(frozen=True, slots=True)
class Lost:
    """A page for somebody of whom nothing is known."""

    title: str
    text: str
    language: str


@blueprint.route("/c/", defaults={"rest": ""}, methods=["GET", "POST"])
@blueprint.route("/c/<path:rest>", methods=["GET", "POST"])
def nowhere(rest: str) -> NoReturn:
    """Every address that only looks like one of a customer's pages."""
    abort(404)


@blueprint.errorhandler(HTTPException)
def explain(error: HTTPException) -> ResponseReturnValue:
    """The same page for every wrong link."""
    return _page(error.code or 500)


@blueprint.errorhandler(Exception)
def fault(error: Exception) -> ResponseReturnValue:
    """A fault of ours, in the customer's language."""
    if current_app.testing:
        raise error
    current_app.logger.error("request failed", exc_info=error)
    return _page(500)


def _page(status: int) -> ResponseReturnValue:
    g.locale = _locale()
    title, text = _sentences().get(status) or _sentences()[400]
    lost = Lost(title, text, filters.spoken().language)
    return render_template("errors/link.html", lost=lost, languages=LANGUAGES), status


def _locale() -> str:
    """The language asked for, that of the page in question, or what the browser says."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else g.get("locale") or request.accept_languages.best_match(LANGUAGES, "en")


def _sentences() -> Mapping[int, tuple[str, str]]:
    """Title and text by status; that of 400 stands for all others."""
    nothing = gettext("Nothing was changed.")
    again = gettext("Open the link of our message again, or call us.")
    return {
        400: (gettext("That could not be read"), f"{nothing} {again}"),
        404: (
            gettext("This link leads nowhere"),
            gettext("It may be incomplete. Open the whole link of our message, or call us."),
        ),
        429: (gettext("Too many tries"), gettext("Wait ten minutes, then open the link again.")),
        500: (
            gettext("Something went wrong here"),
            gettext("The fault is ours. Try again in a few minutes, or call us."),
        ),
    }
