"""The door: who gets in, how long it lasts, and what outsiders can't learn."""

import pytest
from flask import Flask

from portal import staff
from portal.auth import paths, tickets
from portal.models import Role, User
from portal.transaction import transaction
from tests.conftest import SetClock
from tests.people import Browser, People

SECRET = "correct horse battery"


@pytest.fixture
def dana(people: People) -> User:
    """The dispatcher, with a password."""
    people.dana()
    with transaction() as session:
        user = session.get_one(User, people.ids[Role.DISPATCHER])
        staff.set_password(session, user, SECRET)
    return user


def signed_in(browser: Browser) -> bool:
    return browser.client.get("/account").status_code == 200


def test_a_password_opens_the_door(people: People, dana: User) -> None:
    browser = people.nobody()
    answer = browser.send("/sign-in", email=" Dispatcher@Example.com ", password=SECRET)
    assert (answer.status_code, answer.location) == (302, "/start")
    assert signed_in(browser)


def test_strangers_learn_nothing_from_a_refusal(people: People, dana: User) -> None:
    browser = people.nobody()
    known = browser.post("/sign-in", {"email": dana.email, "password": "wrong password"}, 422).text
    unknown = browser.post("/sign-in", {"email": "nobody@example.com", "password": "wrong password"}, 422).text
    assert known == unknown
    assert "don't belong together" in known
    assert not signed_in(browser)


def test_a_forgotten_password_says_the_same_to_everybody(
    people: People, dana: User, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = people.nobody()
    known = browser.post("/password", {"email": dana.email}).text.replace(dana.email, "@")
    unknown = browser.post("/password", {"email": "nobody@example.com"}).text.replace("nobody@example.com", "@")
    assert known == unknown


def test_too_many_wrong_passwords_close_the_account_for_a_while(people: People, dana: User) -> None:
    browser = people.nobody()
    statuses = [browser.send("/sign-in", email=dana.email, password="wrong").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert browser.send("/sign-in", email=dana.email, password=SECRET).status_code == 429


def test_right_passwords_are_not_counted(people: People, dana: User) -> None:
    browser = people.nobody()
    for _ in range(11):
        browser.remember_token("/sign-in")
        assert browser.send("/sign-in", email=dana.email, password=SECRET).status_code == 302
        browser.remember_token("/account")
        browser.post("/sign-out", {})


def test_a_sign_in_link_works_once_and_not_for_long(people: People, now: SetClock) -> None:
    people.user(Role.ADMINISTRATOR)
    with transaction() as session:
        link = tickets.sign_in_url(session.get_one(User, people.ids[Role.ADMINISTRATOR]))
    path = link.removeprefix("http://127.0.0.1:8000")
    now.advance(hours=13)
    assert people.nobody().client.get(path).status_code == 404
    now.advance(hours=-2)
    assert people.nobody().client.get(path).status_code == 302
    again = people.nobody()
    assert again.client.get(path).status_code == 404
    assert not signed_in(again)


def test_an_invitation_lets_a_password_be_chosen_once(people: People, now: SetClock) -> None:
    people.user(Role.MANAGER)
    with transaction() as session:
        link = tickets.password_url(session.get_one(User, people.ids[Role.MANAGER]))
    path = link.removeprefix("http://127.0.0.1:8000")
    browser = people.nobody()
    browser.get(path)
    assert "12 characters" in browser.post(path, {"password": "short", "again": "short"}, 422).text
    assert "aren't the same" in browser.post(path, {"password": SECRET, "again": "something else"}, 422).text
    assert browser.send(path, password=SECRET, again=SECRET).status_code == 302
    assert signed_in(browser)
    assert people.nobody().client.get(path).status_code == 404


def test_links_of_one_purpose_dont_serve_another(people: People) -> None:
    people.user(Role.MANAGER)
    with transaction() as session:
        user = session.get_one(User, people.ids[Role.MANAGER])
        signing, choosing = tickets.sign_in_url(user), tickets.password_url(user)
    browser = people.nobody()
    assert browser.client.get(f"/password/{signing.rpartition('/')[2]}").status_code == 404
    assert browser.client.get(f"/sign-in/{choosing.rpartition('/')[2]}").status_code == 404


@pytest.mark.parametrize(
    ("role", "idle", "absolute"),
    [(Role.ADMINISTRATOR, 29, 12 * 60), (Role.DISPATCHER, 8 * 60 - 1, 12 * 60), (Role.TECHNICIAN, 29 * 1440, None)],
)
def test_sessions_end_by_idleness_and_by_age(
    people: People, now: SetClock, role: Role, idle: int, absolute: int | None
) -> None:
    browser, age = people.browser(role), 0
    while age + idle < (absolute or 3 * idle):
        now.advance(minutes=idle)
        age += idle
        assert signed_in(browser)
    now.advance(minutes=idle)
    assert signed_in(browser) is (absolute is None)
    idler = people.browser(role)
    now.advance(minutes=idle + 2) if role is not Role.TECHNICIAN else now.advance(days=31)
    assert not signed_in(idler)


def test_polling_keeps_no_session_alive(people: People, world: object, now: SetClock) -> None:
    ada = people.ada()
    for _ in range(3):
        now.advance(minutes=11)
        answer = ada.client.get("/live")
    assert answer.status_code == 401


def test_a_new_password_ends_every_other_session(people: People, dana: User) -> None:
    here, there = people.dana(), people.dana()
    page = here.post("/account", {"present": SECRET, "password": SECRET + "!", "again": SECRET + "!"})
    assert "Your password is changed" in page.text
    assert signed_in(here)
    assert not signed_in(there)


def test_the_present_password_is_asked_before_a_new_one(people: People, dana: User) -> None:
    changes = {"present": "wrong", "password": SECRET + "!", "again": SECRET + "!"}
    page = people.dana().post("/account", changes, 422)
    assert "isn't your present password" in page.text


def test_who_is_shut_out_is_out_at_once(people: People) -> None:
    browser = people.dana()
    with transaction() as session:
        staff.disable(session, session.get_one(User, people.ids[Role.DISPATCHER]))
    assert not signed_in(browser)


def test_signing_in_starts_from_an_empty_session(people: People, dana: User) -> None:
    browser = people.nobody()
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    browser.send("/sign-in", email=dana.email, password=SECRET)
    with browser.client.session_transaction() as session:
        assert "planted" not in session


def test_signing_out_needs_a_post_and_ends_the_session(people: People) -> None:
    browser = people.dana()
    assert browser.client.get("/sign-out").status_code == 405
    browser.post("/sign-out", {})
    assert not signed_in(browser)


def test_one_is_led_where_one_wanted_to_go(people: People, dana: User) -> None:
    browser = people.nobody()
    asked = browser.client.get("/visits?status=draft").location
    assert asked == "/sign-in?next=/visits?status%3Ddraft"
    assert browser.send(asked, email=dana.email, password=SECRET).location == "/visits?status=draft"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/%2Fevil.example", "/%252Fevil.example",
     "/%5Cevil.example", "javascript:alert(1)", "", "evil", "/a\r\nX: y", "/%0d%0aX: y", "/\tevil"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(target: str) -> None:
    assert paths.local(target) is None


@pytest.mark.parametrize("target", ["/", "/visits?q=a%20b", "/visits?from=2026-12-01&q=%C3%A9"])
def test_own_paths_are_kept(target: str) -> None:
    assert paths.local(target) == target


def test_the_last_administrator_stays(app: Flask, people: People) -> None:
    people.ada()
    with transaction() as session, pytest.raises(staff.LastAdministrator):
        staff.disable(session, session.get_one(User, people.ids[Role.ADMINISTRATOR]))
