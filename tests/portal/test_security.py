"""What every answer carries, and what no request gets past."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal import create_app
from portal.config import Config
from portal.models import Role
from portal.network import client_network
from tests.people import People

Make = Callable[..., Config]


def policy_of(app: Flask, path: str) -> dict[str, str]:
    policy = app.test_client().get(path).headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in policy.split("; "))


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/c/short", "/start"])
def test_every_answer_has_the_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    policy = policy_of(app, path)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


def test_tiles_come_in_on_console_pages_only(make_config: Make) -> None:
    app = create_app(make_config(tile_url="https://{s}.tile.example/{z}/{x}/{y}.png"))
    assert policy_of(app, "/visits")["img-src"] == "'self' data: https://*.tile.example"
    assert policy_of(app, "/c/short")["img-src"] == "'self' data:"
    assert policy_of(app, "/sign-in")["img-src"] == "'self' data:"


def test_over_tls_the_cookie_is_bound_to_the_host(make_config: Make) -> None:
    app = create_app(make_config(public_url="https://portal.example.com"))
    answer = app.test_client().get("/sign-in", base_url="https://portal.example.com")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1:8000", 200), ("localhost", 200), ("evil.example", 400)])
def test_only_our_own_names_are_answered(app: Flask, host: str, status: int) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_addresses_count_from_as_many_proxies_as_there_are(make_config: Make, proxies: int, seen: str) -> None:
    app = create_app(make_config(proxies=proxies))
    addresses: list[str] = []
    app.before_request(lambda: addresses.append(client_network()))
    app.test_client().get("/sign-in", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
    assert addresses == [seen]


def test_bodies_are_small_where_anybody_may_send_one(people: People) -> None:
    browser = people.nobody()
    assert browser.send("/sign-in", email="x" * 70_000, password="x").status_code == 413
    assert browser.client.post("/c/short/1/confirm", data={"x": "x" * 70_000}).status_code in {404, 413}


@pytest.mark.parametrize("path", ["/visits?q=%00", "/visits/%00"])
def test_nul_is_refused(people: People, path: str) -> None:
    assert people.dana().client.get(path).status_code == 400


def test_nul_is_refused_in_forms(people: People) -> None:
    assert people.nobody().send("/sign-in", email="a\0b", password="x").status_code == 400


def test_a_post_without_the_session_token_does_nothing(people: People) -> None:
    dana = people.dana()
    assert dana.client.post("/sign-out").status_code == 400
    assert dana.client.get("/account").status_code == 200


def test_a_token_lasts_as_long_as_the_session(app: Flask) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


def test_customers_get_no_cookie(app: Flask) -> None:
    assert "Set-Cookie" not in app.test_client().get("/c/" + "a" * 24).headers


def test_scripts_get_errors_as_data(people: People) -> None:
    answer = people.dana().client.get("/visits/none", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json and answer.json["title"]) == (404, "Nothing here")


def test_a_fault_of_ours_is_told_plainly(people: People, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    dana = people.browser(Role.DISPATCHER)
    monkeypatch.setattr("portal.console.find.lists.visits", lambda *_args: 1 / 0)
    assert "fault is ours" in dana.get("/find?q=x", 500).text
