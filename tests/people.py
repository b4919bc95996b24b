"""Five people who try everything: Ana with her link, Boris with another's, Dana, Ada, and nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portal import staff
from portal.auth import tickets
from portal.models import Role, User
from portal.transaction import transaction
from tests.page import Page, Visitor


@dataclass
class Browser(Visitor):
    """Somebody of the company at a browser: sends the session's token along with every form."""

    token: str = ""

    def post(self, url: str, data: Mapping[str, Any], status: int = 200, **arguments: Any) -> Page:
        """Send a form with the token, following redirects."""
        return super().post(url, {"csrf_token": self.token, **data}, status, **arguments)

    def send(self, url: str, **fields: Any) -> TestResponse:
        """Send a form with the token and look at the bare answer."""
        return self.client.post(url, data={"csrf_token": self.token, **fields})

    def remember_token(self, url: str) -> None:
        """Take the session's token from a page with a form."""
        self.token = self.get(url).token

    def _checked(self, response: TestResponse, status: int) -> Page:
        page = Page(response)
        assert response.status_code == status, f"{response.status_code} for {response.request.path}: {page.text[:2000]}"
        if response.mimetype == "text/html" and response.data:
            page.check()
        return page


@dataclass
class People:
    """Who there is, by role; each call of `browser` is a new device."""

    app: Flask
    ids: dict[Role, int] = field(default_factory=dict)

    def nobody(self) -> Browser:
        """A device that nobody has signed in on, with a token of its session all the same."""
        browser = Browser(self.app.test_client())
        browser.remember_token("/sign-in")
        return browser

    def browser(self, role: Role) -> Browser:
        """A device of the person with that role, signed in by a link."""
        with transaction() as session:
            user = session.get_one(User, self._id(role))
            user.signed_in_at = None
            url = tickets.sign_in_url(user)
        browser = Browser(self.app.test_client())
        browser.get(url.removeprefix(self.app.config["PORTAL"].public_url))
        browser.remember_token("/account")
        return browser

    def dana(self) -> Browser:
        """The dispatcher."""
        return self.browser(Role.DISPATCHER)

    def ada(self) -> Browser:
        """The administrator."""
        return self.browser(Role.ADMINISTRATOR)

    def user(self, role: Role) -> User:
        """The person of that role, read now."""
        with transaction() as session:
            return session.get_one(User, self._id(role))

    def _id(self, role: Role) -> int:
        if role not in self.ids:
            self.ids[role] = make_user(role)
        return self.ids[role]


NAMES = {
    Role.ADMINISTRATOR: "Ada Admin",
    Role.MANAGER: "Mia Manager",
    Role.DISPATCHER: "Dana Dispatch",
    Role.TECHNICIAN: "Tom Tool",
}


def make_user(role: Role, **values: Any) -> int:
    """A person of the role; returns the id."""
    with transaction() as session:
        details = {"email": f"{role}@example.com", "name": NAMES[role], **values}
        return staff.invite(session, role=role, **details).id
