"""Where no slot suits: wishes, a call back, "no longer needed"."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.customer import frame, presenter, views
from portal.customer.door import Guest, blueprint, enter_to_act
from portal.customer.forms import Seal, WishForm
from portal.customer.state import HEARD, state_of
from portal.extensions import db
from portal.transaction import transaction
from scheduling import tasks
from scheduling.errors import NotOpen
from scheduling.models import TaskKind


@blueprint.get("/c/<token>/<int:number>/wishes")
def ask(token: str, number: int) -> ResponseReturnValue:
    """What the customer can ask for."""
    guest = enter_to_act(db.session(), token)
    return _page(guest, number, _form(guest, number))


@blueprint.post("/c/<token>/<int:number>/wishes")
def express(token: str, number: int) -> ResponseReturnValue:
    """Keeps what the customer asked for, for a dispatcher; the appointment itself stays as it is."""
    guest = enter_to_act(db.session(), token)
    form, visit = _form(guest, number), guest.visit(number)
    stale = form.seen() != {visit.id: visit.generation}
    if stale or not form.validate():
        return _page(guest, number, form, stale=stale), 409 if stale else 422
    with transaction() as session:
        guest = enter_to_act(session, token)
        tasks.express(
            session,
            guest.visit(number),
            TaskKind(form.kind.data),
            wishes=form.wishes(),
            comment=form.comment.data,
            actor=guest.actor,
        )
    return views.back(number)


def _form(guest: Guest, number: int) -> WishForm:
    return WishForm(Seal(guest.invitation, number, "wishes", [guest.visit(number)]))


def _page(guest: Guest, number: int, form: WishForm, *, stale: bool = False) -> str:
    item = guest.invitation.items[number - 1]
    if state_of(guest, item) not in HEARD:
        raise NotOpen(item.visit.ref, "status")
    card = presenter.card(guest, number, item)
    return render_template("customer/wishes.html", card=card, form=form, page=frame.page(guest), stale=stale)
