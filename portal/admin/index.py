"""The settings: what there is to set, in a sentence each, and whether something there needs a look."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal import auth
from portal.admin import hints
from portal.admin.hints import Hint
from portal.extensions import db
from portal.models import Role

blueprint = Blueprint("settings", __name__)


@dataclass(frozen=True, slots=True)
class Section:
    """A group of settings."""

    endpoint: str
    name: str
    about: str
    hint: Callable[[Session], Hint | None] | None = None
    """How it stands now, where that is worth a word."""


GROUPS = (
    (
        "What customers see",
        (
            Section(
                "link_terms.edit", "Link", "What customers may do, until when, and what their pages say.", hints.link
            ),
            Section(
                "style.edit", "Company and style", "Name, phone, logo, colour and font of their pages.", hints.style
            ),
        ),
    ),
    (
        "What is sent",
        (
            Section("templates.index", "Templates", "The texts of SMS and e-mails, by language.", hints.templates),
            Section(
                "channels.index", "Channels", "How messages leave the building, and what went wrong.", hints.channels
            ),
        ),
    ),
    (
        "Who works where",
        (
            Section(
                "locations.index", "Locations", "Branches with their time zone, language and hours.", hints.locations
            ),
            Section("technicians.index", "Technicians", "Weekly hours, absences and skills.", hints.technicians),
            Section("visit_types.index", "Visit types", "What work is called, how long it takes, what it needs."),
            Section("people.index", "People", "Who may come in, and what each may do.", hints.people),
        ),
    ),
    (
        "The planning",
        (Section("imports.index", "Imports", "Planning documents, and what they would change.", hints.imports),),
    ),
    (
        "The portal",
        (
            Section("audit.index", "Audit log", "Who changed what, when, before and after."),
            Section("guide.show", "Getting started", "Five steps to the first message, and which are done."),
        ),
    ),
)
"""Every section, in the groups that the page shows."""


def sections() -> Iterator[Section]:
    """All of them in order."""
    return (section for _, group in GROUPS for section in group)


@blueprint.app_context_processor
def _sections() -> dict[str, object]:
    return {"sections": [(section.endpoint, section.name) for section in sections()]}


@blueprint.get("/settings")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """What there is to set, as far as one may."""
    found = {section.endpoint: section.hint(db.session()) for section in sections() if section.hint}
    return render_template("admin/index.html", groups=GROUPS, hints=found)
