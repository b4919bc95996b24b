"""The door to the customer pages: who comes in by a link, in which language, and what every answer carries."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from flask import Blueprint, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from limits import parse
from sqlalchemy.orm import Session

from notifications import invite, wording
from notifications.errors import InvitationGone
from notifications.models import Invitation, InvitedVisit
from portal import links
from portal.appearance import LANGUAGES
from portal.extensions import csrf, db, limiter
from portal.network import client_network
from portal.transaction import transaction
from scheduling import clock, settings, slots
from scheduling.choices import Question, Span
from scheduling.events import Actor
from scheduling.models import Visit, VisitStatus
from scheduling.terms import LinkTerms

BAD_TOKENS = parse("20 per 10 minutes")
UNREAD = frozenset({400, 404, 429, 500})
"""Answers to what wasn't sent from a page of ours, or that a fault kept from being written down."""

blueprint = Blueprint("customer", __name__)
csrf.exempt(blueprint)  # no cookie, so no session token: each form carries a nonce (forms.SealedForm)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who came in by a link: what the link lets him do, and the terms in force."""

    session: Session
    invitation: Invitation
    terms: LinkTerms

    @property
    def actor(self) -> Actor:
        """Whom events name."""
        return Actor.customer(self.invitation.customer_id)

    @property
    def gone(self) -> str | None:
        """Why the link no longer opens anything: revoked, expired."""
        if self.invitation.revoked_at:
            return "revoked"
        return "expired" if clock.now() > self.invitation.expires_at else None

    def numbered(self) -> Iterator[tuple[int, InvitedVisit]]:
        """The visits of the link with the numbers they have in its addresses, from 1."""
        return enumerate(self.invitation.items, start=1)

    def visit(self, number: int) -> Visit:
        """The visit with that number; 404 where the link has none."""
        items = self.invitation.items
        if not 1 <= number <= len(items) or not self.owns(items[number - 1].visit):
            abort(404)
        return items[number - 1].visit

    def owns(self, visit: Visit) -> bool:
        """Whether the visit still is this customer's."""
        return visit.customer_id == self.invitation.customer_id and visit.status is not VisitStatus.DELETED

    def block(self, number: int) -> list[Visit]:
        """The visits that move together with this one, itself among them."""
        visit = self.visit(number)
        planned = [item.visit for item in self.invitation.items if self._moves(item.visit)]
        return next((block for block in slots.blocks(planned) if visit in block), [visit])

    def named(self, ids: Collection[int]) -> list[Visit]:
        """The visits of the link with these ids, in its order."""
        return [item.visit for item in self.invitation.items if item.visit_id in ids]

    def _moves(self, visit: Visit) -> bool:
        return self.owns(visit) and (visit.status is VisitStatus.PLANNED or visit.choosing)

    def question(self, *, explain: bool = False) -> Question:
        """How this customer asks for slots."""
        return Question(
            terms=self.terms,
            travel=current_app.extensions["portal_travel"],
            allowed=_spans(self.invitation.allowed_days),
            own=f"customer:{self.invitation.customer_id}",
            explain=explain,
        )


def enter(session: Session, token: str) -> Guest:
    """Let in whoever has a token of ours, be it expired or revoked, and set the language of the answer."""
    try:
        invitation = links.open_invitation(session, token)
    except links.BadToken:
        _turn_away()
    g.locale = _locale(invitation)
    guest = Guest(session, invitation, settings.load(session, LinkTerms))
    if request.method == "POST" and not guest.gone and invitation.looked_at is None:
        g.looked_at = invitation.id
    return guest


def enter_to_act(session: Session, token: str) -> Guest:
    """As `enter`, for what needs a link that still counts. Raises `InvitationGone`."""
    guest = enter(session, token)
    if guest.gone:
        raise InvitationGone(guest.gone)
    return guest


def _turn_away() -> NoReturn:
    """The same page for every bad token; networks that try many of them get a shorter answer."""
    abort(404 if limiter.limiter.hit(BAD_TOKENS, "bad-token", client_network()) else 429)


def _locale(invitation: Invitation) -> str:
    """The language asked for, else the customer's, else the branch's, else English; with the customer's country."""
    of_branch = next((item.visit.location.locale for item in invitation.items), "en")
    known = invitation.customer.locale or of_branch
    asked = request.args.get("lang", "")
    if asked in LANGUAGES and asked != wording.locale_of(known).language:
        return asked
    return known if wording.locale_of(known).language in LANGUAGES else "en"


def _spans(days: Sequence[Sequence[str]] | None) -> Sequence[Span] | None:
    if days is None:
        return None
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in days]


@blueprint.post("/c/<token>/seen")
def seen(token: str) -> ResponseReturnValue:
    """A script says that somebody looks at the page; programs that only read links run none."""
    enter(db.session(), token)
    return "", 204


@blueprint.after_request
def _keep_that_somebody_looked(response: Response) -> Response:
    """Whoever sends a form of ours has looked at the page; a GET may be any program's."""
    if "looked_at" in g and response.status_code not in UNREAD:
        with transaction() as session:
            invite.looked_at(session, g.looked_at)
    return response


@blueprint.url_defaults
def _keep_going(endpoint: str, values: dict[str, object]) -> None:
    """There is no cookie, so the link and the language that was asked for stay in every address of these pages."""
    if request.blueprint != blueprint.name or not current_app.url_map.is_endpoint_expecting(endpoint, "token"):
        return
    values.setdefault("token", (request.view_args or {}).get("token"))
    if request.args.get("lang") in LANGUAGES:
        values.setdefault("lang", request.args["lang"])


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    """Nobody keeps, lists or passes on what a link shows."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
