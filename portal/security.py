"""What every answer carries and every request must satisfy: headers, cookies, hosts, sizes."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, make_response, request
from flask.wrappers import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Config

SMALL = 64 * 1024
"""Bytes that a body may have where anybody may send one."""
OPEN_TO_ALL = ("portal.customer", "portal.api", "portal.auth")
STAFF_ONLY = ("preview.draft",)
"""What lies beside the pages that anybody may send to: a preview takes a picture along."""
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
FRAMES_OF = ("portal.admin",)
"""Whose pages may show a page of ours in a frame."""
LETTER = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"
"""The policy of an e-mail that is shown in a frame: its own styles hold, and nothing runs, loads or leads on."""


def init_app(app: Flask) -> None:
    """Set the cookie rules, trust only our own name, and send the headers with every answer."""
    config: Config = app.config["PORTAL"]
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=[urlsplit(config.public_url).hostname, "127.0.0.1", "localhost", "::1"],
    )
    if config.secure:
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
    if config.proxies:
        count = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.url_value_preprocessor(_limit_body)
    app.before_request(_refuse_nul)
    app.after_request(_send_headers)


def _package() -> str:
    """The module that answers the request: a blueprint's import name."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    return blueprint.import_name if blueprint else ""


def _limit_body(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body, the token check included."""
    if _package().startswith(OPEN_TO_ALL) and endpoint not in STAFF_ONLY:
        request.max_content_length = SMALL


def _refuse_nul() -> None:
    if any("\0" in text for text in _texts()):
        abort(400)


def _texts() -> Iterator[str]:
    yield request.path
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value


def _send_headers(response: Response) -> Response:
    config: Config = current_app.config["PORTAL"]
    response.headers.setdefault("Content-Security-Policy", _policy(config))
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if config.secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def letter(html: str) -> Response:
    """An e-mail as an answer that a page of ours may show in a frame."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = LETTER
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _policy(config: Config) -> str:
    frames = "; frame-src 'self'" if _package().startswith(FRAMES_OF) else ""
    tiles = f" {_tiles_host(config.tile_url)}" if config.tile_url and _package().startswith("portal.console") else ""
    return "; ".join(f"{name} {value}{tiles if name == 'img-src' else ''}" for name, value in POLICY.items()) + frames


def _tiles_host(url: str) -> str:
    """The host of `https://{s}.tile.example/{z}/{x}/{y}.png` as a policy writes it: `https://*.tile.example`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""
