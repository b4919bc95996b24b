"""What a customer sees behind the link, for staff to look at: nothing on it does anything."""

from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import auth
from portal.customer import presenter
from portal.customer.door import blueprint, enter
from portal.customer.presenter import Card
from portal.extensions import db
from portal.models import Role

SEALED = Markup("<!-- no seal -->")


@blueprint.get("/c/<token>/look")
@auth.requires(Role.DISPATCHER)
def look(token: str) -> ResponseReturnValue:
    """The customer's page with every button dead, and without the seals that would bring them to life."""
    view = presenter.customer_view(enter(db.session(), token))
    page = replace(view.page, seen_url="")
    unsealed = replace(view, page=page, cards=[_unsealed(card) for card in view.cards], renew=view.renew and SEALED)
    return render_template("customer/look.html", view=unsealed, page=unsealed.page, problem=None)


def _unsealed(card: Card) -> Card:
    return replace(card, confirm=card.confirm and SEALED, undo=card.undo and SEALED, earlier=card.earlier and SEALED)
