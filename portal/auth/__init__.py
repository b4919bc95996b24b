"""Who comes in, and what they may do: sign-in, sessions and the guard before every view of staff."""

from flask import Flask

from portal.auth import sessions
from portal.auth.guard import actor, allowed, home, passive, permitted, person, requires
from portal.auth.views import blueprint

__all__ = ["actor", "allowed", "blueprint", "home", "init_app", "passive", "permitted", "person", "requires"]


def init_app(app: Flask) -> None:
    """Let sessions be read by our rules, and templates ask what is permitted."""
    sessions.init_app(app)
    app.add_template_test(permitted)
