"""What open boards ask every two seconds: has anything happened since?"""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal import auth
from portal.console import place
from portal.extensions import db
from portal.models import Role
from scheduling import boards

blueprint = Blueprint("live", __name__)


@blueprint.get("/live")
@auth.passive
@auth.requires(Role.DISPATCHER)
def news() -> ResponseReturnValue:
    """204 where nothing has happened at the location after `?after=`, else the cursor to ask with from now on."""
    after = request.args.get("after", 0, type=int)
    seq = boards.news(db.session(), place.here().location.id, after)
    return ("", 204) if seq is None else jsonify(seq=seq)
