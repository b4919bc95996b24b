"""Customer pages with settings that need not have been saved, for who sets them: of nobody, and dead."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from notifications import wording
from notifications.company import Company
from portal import auth, drafts, filters, logo
from portal.appearance import LANGUAGES, SCHEMES, LinkTexts, Style
from portal.customer import samples
from portal.customer.frame import Page
from portal.customer.samples import NOWHERE, Sample
from portal.customer.state import State
from portal.extensions import db
from portal.models import Role
from scheduling import settings
from scheduling.choices import Question
from scheduling.models import Location
from scheduling.terms import LinkTerms

blueprint = Blueprint("preview", __name__)

PREVIEWS: Mapping[str, str] = {
    "ask": "Confirm",
    "slots": "Choose another time",
    "review": "Before the move",
    "confirmed": "After a confirmation",
    "rescheduled": "After a move",
    "refused": "When something fails",
    "none": "No slot left",
    "wishes": "None of these suit me",
    "moved": "Moved by the company",
    "choose": "Invited to choose a time",
    "unplanned": "Without a time",
    "under_way": "Under way",
    "done": "Done",
    "past": "Past",
    "cancelled": "Cancelled",
    "expired": "Expired link",
    "revoked": "Revoked link",
}
"""Every page and state that a customer may come to, and its name for staff."""
OF_MOVING = frozenset({"slots", "review", "rescheduled", "none", "choose"})
"""What nobody gets to see where customers can only confirm."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
SCRIPTS = re.compile(r"<script.*?</script>", re.DOTALL)


@blueprint.app_context_processor
def _what_there_is() -> dict[str, object]:
    return {"previews": PREVIEWS, "spoken": LANGUAGES}


@blueprint.get("/settings/preview")
@auth.requires(Role.MANAGER)
def stored() -> ResponseReturnValue:
    """A page with the settings in force."""
    return _page(request.args)


@blueprint.post("/settings/preview")
@auth.requires(Role.MANAGER)
def draft() -> ResponseReturnValue:
    """A page with what stands in a form of settings; nothing is kept."""
    return _page(request.form)


def _page(form: MultiDict[str, str]) -> str:
    scheme = _one_of(SCHEMES, form.get("preview-scheme"))
    language = _one_of(LANGUAGES, form.get("preview-language"))
    sample = _sample(form, language, scheme)
    asked = _one_of(PREVIEWS, form.get("preview-page"))
    name, values = _content(sample, asked if sample.terms.rescheduling or asked not in OF_MOVING else "ask")
    dead = {"url_for": _nowhere, "asset": lambda name: url_for(".sheet", scheme=scheme, v=filters.asset(name)[-12:])}
    html = render_template(f"customer/{name}.html", page=sample.page, **dead, **{"problem": None, **values})
    return SCRIPTS.sub("", html)


def _one_of(known: Mapping[str, object], asked: str | None) -> str:
    """What was asked for, else the first that there is."""
    return asked if asked and asked in known else next(iter(known))


def _nowhere(_endpoint: str, **_values: object) -> str:
    """Where the links and forms of a preview lead."""
    return NOWHERE


def _content(sample: Sample, asked: str) -> tuple[str, dict[str, Any]]:
    """The template, and what it shows."""
    if asked in {"slots", "none"}:
        return "slots", {"view": samples.slots(sample, any_left=asked == "slots")}
    if asked == "review":
        return "review", {"view": samples.review(sample)}
    if asked == "wishes":
        return "wishes", {"card": samples.card(sample, State.ASK), "form": samples.wishes(sample), "stale": False}
    if asked in {"expired", "revoked"}:
        return "appointment", {"view": samples.appointment(sample, State.ASK, gone=asked)}
    if asked == "refused":
        return "appointment", {"view": samples.appointment(sample, State.ASK), "problem": samples.refusal()}
    return "appointment", {"view": samples.appointment(sample, State(asked))}


def _sample(form: MultiDict[str, str], language: str, scheme: str) -> Sample:
    session = db.session()
    branch = session.scalars(select(Location).order_by(Location.id).limit(1)).first()
    home = wording.locale_of(branch.locale if branch else "en")
    g.locale = str(home) if home.language == language else language
    terms = drafts.terms(form, settings.load(session, LinkTerms))
    texts = drafts.texts(form, settings.load(session, LinkTexts))
    return Sample(
        page=_frame(form, language, scheme, branch),
        terms=terms,
        texts=texts.of(language, home.language),
        zone=branch.zone if branch else ZoneInfo("UTC"),
        question=Question(terms=terms, travel=current_app.extensions["portal_travel"]),
    )


def _frame(form: MultiDict[str, str], language: str, scheme: str, branch: Location | None) -> Page:
    session = db.session()
    company = drafts.group(form, settings.load(session, Company))
    style = drafts.group(form, settings.load(session, Style))
    return Page(
        locale=filters.locale().replace("_", "-"),
        language=language,
        company=company.name,
        phone=(branch and branch.phone) or company.phone,
        style_url=url_for(".style", scheme=scheme, **style.model_dump()),
        direction=filters.spoken().text_direction,
        seen_url="",
        languages=[(code, name, NOWHERE) for code, name in LANGUAGES.items()],
        logo=_logo(form),
    )


def _logo(form: MultiDict[str, str]) -> logo.Shown | None:
    """The picture that was chosen and not sent yet, else the one in force."""
    file = request.files.get("logo")
    if file:
        try:
            return logo.unsaved(logo.drawn(file.stream.read(logo.LARGEST + 1)))
        except logo.NotAPicture:
            return None
    return None if "remove_logo" in form else logo.shown(db.session())


@blueprint.get("/settings/preview/sheet.css")
@auth.requires(Role.MANAGER)
def sheet() -> ResponseReturnValue:
    """The customers' sheet in light or dark, whatever the reader's screen is set to."""
    scheme = _one_of(SCHEMES, request.args.get("scheme"))
    path = Path(current_app.static_folder or "") / "customer.css"
    if not path.exists():
        abort(404)
    query = "(min-width:0)" if scheme == "dark" else "(max-width:0)"  # always, or never
    css = re.sub(r"\(prefers-color-scheme:\s*dark\)", query, path.read_text())
    return _css(f"{css}:root{{color-scheme:{scheme}}}")


@blueprint.get("/settings/preview/style.css")
@auth.requires(Role.MANAGER)
def style() -> ResponseReturnValue:
    """The tokens of a style that need not have been saved, in light or dark."""
    wanted = drafts.group(request.args, Style())
    return _css(wanted.css(_one_of(SCHEMES, request.args.get("scheme"))))


@blueprint.after_request
def _framed(response: Response) -> Response:
    """Only a page of ours may show it, and nothing in it runs, sends or leads anywhere."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _css(text: str) -> Response:
    """Says what its address says, so the reader may keep it while he tries other values."""
    return Response(text, mimetype="text/css", headers={"Cache-Control": "private, max-age=3600"})
