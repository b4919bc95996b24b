"""The settings: what there is to set, as far as one may."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import auth
from portal.models import Role

blueprint = Blueprint("settings", __name__)

SECTIONS = (
    ("link_terms.edit", "Link"),
    ("link_texts.edit", "Page texts"),
    ("style.edit", "Company and style"),
    ("templates.index", "Templates"),
    ("imports.index", "Imports"),
    ("technicians.index", "Technicians"),
    ("locations.index", "Locations"),
    ("people.index", "People"),
    ("channels.index", "Channels"),
)
"""The endpoint and the name of each group of settings."""


@blueprint.app_context_processor
def _sections() -> dict[str, object]:
    return {"sections": SECTIONS}


@blueprint.get("/settings")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """To the first of them."""
    return redirect(url_for("link_terms.edit"))
