"""The company's logo, at an address that says what it shows."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from portal import logo
from portal.customer.door import blueprint
from portal.extensions import db
from portal.models import Picture

FOR_GOOD = "public, max-age=31536000, immutable"


@blueprint.get("/c/logo/<digest>.png")
def picture(digest: str) -> ResponseReturnValue:
    """The picture with this digest, as long as it is the logo."""
    found = db.session().get(Picture, logo.NAME)
    if found is None or found.digest != digest:
        abort(404)
    return Response(found.content, mimetype="image/png", headers={"Cache-Control": FOR_GOOD})
