"""Every address of the portal against everybody who may try it; an address that isn't in the table fails."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from notifications import invite, seeding
from notifications.models import Sending
from portal import links
from portal.auth.guard import RANKS
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock, settings, tasks
from scheduling.db import Base
from scheduling.models import TaskKind, Visit, VisitType
from scheduling.terms import LinkTerms
from tests.factories import SETUP
from tests.people import People
from tests.portal.conftest import World

ANYBODY, LINK, STAFF = "anybody", "whoever has a link", "whoever is signed in"
A, M, D, T = Role.ADMINISTRATOR, Role.MANAGER, Role.DISPATCHER, Role.TECHNICIAN

TABLE: Mapping[str, Mapping[str, str]] = {
    "static": {"static": ANYBODY},
    "health": {"healthz": ANYBODY},
    "hooks": {"twilio_status": ANYBODY},
    "auth": {
        **dict.fromkeys(["sign_in", "enter", "by_link", "sign_out", "forgotten", "remind"], ANYBODY),
        **dict.fromkeys(["choose_password", "set_password"], ANYBODY),
        **dict.fromkeys(["account", "change_password"], STAFF),
    },
    "customer": {
        "style": ANYBODY,
        "picture": ANYBODY,
        **dict.fromkeys(["show", "confirm", "undo", "calendar_file", "choose", "hold", "review", "move"], LINK),
        **dict.fromkeys(["release", "ask", "express", "renew", "seen", "earlier", "after_reload"], LINK),
        "nowhere": ANYBODY,
        "look": D,
    },
    "home": {"index": ANYBODY, "start": D},
    "find": {"index": D},
    "visits": dict.fromkeys(["index", "show", "move", "confirm"], D),
    "visit_edit": dict.fromkeys(["new", "create", "edit", "save"], D),
    "visit_link": dict.fromkeys(["make", "revoke", "send"], D),
    "times": dict.fromkeys(["find", "take"], D),
    "shift": dict.fromkeys(["show", "act"], D),
    "relief": dict.fromkeys(["show", "act", "done"], D),
    "customers": dict.fromkeys(["index", "new", "create", "show", "edit", "save", "add_site"], D),
    "messages": dict.fromkeys(["index", "show"], D),
    "inbox": dict.fromkeys(["index", "done"], D),
    "day": {"show": T},
    "route_map": dict.fromkeys(["index", "day", "board"], D),
    "planning": dict.fromkeys(["index", "week", "board"], D),
    "live": {"news": D},
    "notify": dict.fromkeys(["form", "act"], D),
    "sendings": dict.fromkeys(["index", "show", "board", "stop"], D),
    "settings": {"index": M},
    "link_terms": dict.fromkeys(["edit", "save"], M),
    "preview": dict.fromkeys(["stored", "draft", "sheet", "style"], M),
    "style": dict.fromkeys(["edit", "save"], M),
    "templates": dict.fromkeys(
        ["index", "new", "create", "edit", "save", "letter", "duplicate", "delete", "trial_state"], M
    ),
    "imports": dict.fromkeys(["index", "take", "preview", "decide", "keep", "settle"], M),
    "locations": dict.fromkeys(["index", "new", "create", "edit", "save", "close", "reopen"], M),
    "technicians": dict.fromkeys(["index", "edit", "save", "add_absence", "remove_absence"], M),
    "visit_types": dict.fromkeys(["index", "new", "create", "edit", "save", "delete"], M),
    "guide": dict.fromkeys(["show", "skip", "fill"], M),
    "audit": {"index": A},
    "people": dict.fromkeys(["index", "invitation", "invite", "edit", "save", "send_link", "disable", "enable"], A),
    "components": {"show": A},
    "channels": dict.fromkeys(["index", "release", "test"], A),
}
EXEMPT_FROM_TOKENS = {"customer": "forms carry nonces of their own", "hooks": "the provider signs"}
NOTHING_SENT = frozenset({"messages.show", "templates.trial_state"})
"""Pages of a message, of which this world has none."""
UNWATCHED = frozenset({"user", "invitation"})
"""Tables in which a look may leave a trace: when somebody signed in, when a link was looked at."""


def listed(endpoint: str) -> str:
    blueprint, _, view = endpoint.rpartition(".")
    return TABLE[blueprint or "static"][view]


@pytest.fixture
def values(world: World, people: People) -> dict[str, Any]:
    """Something that exists for every part of an address; Ana's link is the token."""
    people.user(Role.DISPATCHER)
    with transaction() as session:
        seeding.seed(session)
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        invitation = invite.invite(
            session, visit.customer, [visit], terms=settings.load(session, LinkTerms), actor=SETUP
        )
        tasks.express(session, visit, TaskKind.CALL_BACK, actor=SETUP)
        session.add(Sending(by="test", created_at=clock.now(), key="test"))
        session.add(VisitType(ref="repair", name="Repair", names={}, duration=45, skills=[]))
        token = links.of_this_portal().token(invitation)
    numbers = dict.fromkeys(
        ["number", "task_id", "message_id", "sending_id", "template_id", "conflict_id", "absence_id", "route_id"], 1
    )
    return {
        **numbers,
        "ref": world.visit,
        "day": "2026-12-01",
        "monday": "2026-11-30",
        "token": token,
        "name": "sms",
        "code": "en",
        "act": "confirm",
        "rest": "x",
        "filename": "console.css",
        "digest": "x",
        "user_id": people.ids[Role.DISPATCHER],
        "technician_id": world.technician_id,
        "location_id": world.location_id,
        "type_id": 1,
        "step": "look",
        "customer_ref": world.customer,
    }


def address(app: Flask, rule: Rule, values: Mapping[str, Any]) -> str:
    """The rule with something that exists for each of its parts."""
    found = dict(values)
    if rule.endpoint.startswith("customers."):
        found["ref"] = values["customer_ref"]
    with app.test_request_context():
        built: str = app.url_map.bind("localhost").build(
            rule.endpoint, {name: found[name] for name in rule.arguments}, method=next(iter(rule.methods or {"GET"}))
        )
        return built


def rules(app: Flask, method: str) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))


def test_every_route_is_listed(app: Flask) -> None:
    served = {rule.endpoint for rule in app.url_map.iter_rules()}
    unlisted = {
        each for each in served if each.rpartition(".")[2] not in TABLE.get(each.rpartition(".")[0] or "static", {})
    }
    assert not unlisted


def test_views_ask_for_the_role_that_is_listed(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        asked, said = view.__dict__.get("least_role", ANYBODY), listed(endpoint)
        if isinstance(said, Role):
            assert asked is said, endpoint
        else:
            assert asked in {ANYBODY, None}, endpoint


@pytest.mark.parametrize("role", list(Role))
def test_for_who_may_not_the_page_does_not_exist(
    app: Flask, people: People, values: dict[str, Any], role: Role
) -> None:
    browser = people.browser(role)
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            least = listed(rule.endpoint)
            if isinstance(least, Role) and not _may(role, least):
                answer = browser.client.open(
                    address(app, rule, values), method=method, data={"csrf_token": browser.token}
                )
                assert answer.status_code == 404, f"{role} {method} {rule}: {answer.status_code}"


@pytest.mark.parametrize("role", [A, D, T])
def test_who_may_gets_the_page(app: Flask, people: People, values: dict[str, Any], role: Role) -> None:
    browser = people.browser(role)
    for rule in rules(app, "GET"):
        least = listed(rule.endpoint)
        if isinstance(least, Role) and _may(role, least) and rule.endpoint not in NOTHING_SENT:
            answer = browser.client.get(address(app, rule, values))
            assert answer.status_code in {200, 204, 302}, f"{role} {rule}: {answer.status_code}"


def _may(role: Role, least: Role) -> bool:
    return role is T if least is T else RANKS.get(role, 0) >= RANKS[least]


def test_nobody_is_asked_to_sign_in(app: Flask, people: People, values: dict[str, Any]) -> None:
    """So are Ana and Boris: a link of theirs opens nothing of the staff's."""
    nobody = people.nobody()
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if isinstance(listed(rule.endpoint), Role):
                path = address(app, rule, values)
                answer = nobody.client.open(path, method=method, data={"csrf_token": nobody.token})
                asked = answer.status_code == 302 and answer.location.startswith("/sign-in")
                assert asked or answer.status_code == 401, f"{method} {rule}: {answer.status_code}"


def test_a_wrong_link_opens_nothing(app: Flask, values: dict[str, Any]) -> None:
    """Boris's link with one character changed, on every address that takes one."""
    changed = values["token"][:-1] + ("0" if values["token"][-1] != "0" else "1")
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if listed(rule.endpoint) is LINK:
                path = address(app, rule, {**values, "token": changed})
                status = app.test_client().open(path, method=method).status_code
                assert status in {404, 429}, f"{method} {rule}: {status}"


def test_tokens_are_asked_of_every_form_but_the_listed(app: Flask) -> None:
    client = app.test_client()
    for rule in rules(app, "POST"):
        blueprint = rule.endpoint.rpartition(".")[0]
        path = address(app, rule, dict.fromkeys(rule.arguments, 1) | {"token": "x", "ref": "x", "customer_ref": "x"})
        refused = b"too long" in client.post(path).data
        assert refused is (blueprint not in EXEMPT_FROM_TOKENS), rule


def test_looking_changes_nothing(app: Flask, people: People, values: dict[str, Any]) -> None:
    """I7, over the whole URL map: as nobody with Ana's link, as Dana, as Ada and as a technician."""
    browsers = [people.nobody(), people.dana(), people.ada(), people.browser(Role.TECHNICIAN)]
    before = dump()
    for browser in browsers:
        for method in ("GET", "HEAD", "OPTIONS"):
            for rule in rules(app, method):
                browser.client.open(address(app, rule, values), method=method).close()
    assert dump() == before


def dump() -> dict[str, list[Any]]:
    """Every row of every watched table."""
    with transaction() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in UNWATCHED
        }
