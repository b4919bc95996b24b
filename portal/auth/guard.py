"""The guard before every view of staff."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

from portal.auth import sessions
from portal.models import Role, User
from scheduling.events import Actor

View = Callable[..., ResponseReturnValue]
V = TypeVar("V", bound=Callable[..., Any])

RANKS: Mapping[Role, int] = {Role.DISPATCHER: 1, Role.MANAGER: 2, Role.ADMINISTRATOR: 3}
"""Each may do what those of a lower rank may; technicians stand apart."""


def admits(least: Role | None, role: Role) -> bool:
    """Whether a person of the role may do what needs at least the other."""
    if least is None or least is Role.TECHNICIAN:
        return role is (least or role)
    return RANKS.get(role, 0) >= RANKS[least]


def allowed(endpoint: str) -> bool:
    """Whether who is signed in may open the view."""
    view = current_app.view_functions.get(endpoint)
    return (
        view is not None
        and bool(current_user.is_authenticated)
        and admits(view.__dict__.get("least_role"), current_user.role)
    )


@pass_context
def permitted(_context: Context, endpoint: str) -> bool:
    """The same as a template's test. With a context, because Jinja reckons a test of a constant without one only once,
    when the template is compiled: for whoever came first."""
    return allowed(endpoint)


def requires(least: Role | None = None) -> Callable[[View], View]:
    """Let in who has the role or a higher one, or with None whoever is signed in; for others the page doesn't exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            idle = guarded.__dict__.get("passive", False)
            if not current_user.is_authenticated:
                return ("", 401) if idle else _ask_to_sign_in()
            if not admits(least, current_user.role):
                abort(404)
            if not idle:
                sessions.touch()
            return view(*args, **kwargs)

        guarded.__dict__["least_role"] = least
        return guarded

    return decorate


def passive(view: V) -> V:
    """Mark a view that scripts call by themselves: it keeps no session alive, and answers 401 instead of a form."""
    view.__dict__["passive"] = True
    return view


def _ask_to_sign_in() -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=target))


def person() -> User:
    """Who is signed in; only behind `requires`."""
    user: User = current_user
    return user


def actor() -> Actor:
    """Who is signed in, as events name him."""
    return Actor.staff(person().id)


def home() -> str:
    """Where the work of who is signed in begins; the door for everybody else."""
    if not current_user.is_authenticated:
        return url_for("auth.sign_in")
    return url_for("day.show" if current_user.role is Role.TECHNICIAN else "home.start")
