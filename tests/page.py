"""The page client: checks every page that any test fetches, and fills in forms as a person would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
TYPED = frozenset({"input", "select", "textarea"})
BUTTONS = frozenset({"hidden", "submit", "button", "image", "reset"})
LARGEST = 50_000
"""Bytes of a customer page with its style sheets."""


@dataclass
class Node:
    """An element with its text."""

    tag: str
    attributes: Mapping[str, str]
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything written in it, with single blanks."""
        return " ".join(" ".join(self.words).split())

    def all(self, *tags: str, **attributes: str) -> list["Node"]:
        """The elements below with one of the tags and with these attributes; `class_` means class."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            node
            for node in self._below()
            if (not tags or node.tag in tags) and all(node.attributes.get(name) == wanted[name] for name in wanted)
        ]

    def _below(self) -> Iterator["Node"]:
        for child in self.children:
            yield child
            yield from child._below()

    def above(self) -> Iterator["Node"]:
        """The elements around it, the nearest first."""
        node = self.parent
        while node:
            yield node
            node = node.parent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(node)
        if tag not in VOID:
            self._open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.children.append(Node(tag, {name: value or "" for name, value in attrs}, self._open))

    def handle_endtag(self, tag: str) -> None:
        node = self._open
        while node.parent and node.tag != tag:
            node = node.parent
        if node.parent:
            self._open = node.parent

    def handle_data(self, data: str) -> None:
        self._open.words.append(data)
        for node in self._open.above():
            node.words.append(data)


@dataclass
class Page:
    """An answer, read as a page."""

    response: TestResponse

    @cached_property
    def root(self) -> Node:
        """Its elements."""
        reader = _Reader()
        reader.feed(self.response.get_data(as_text=True))
        return reader.root

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What can be read."""
        return " ".join(node.text for node in self.root.all("body")) or self.root.text

    @property
    def h1(self) -> str:
        """The heading."""
        return self.root.all("h1")[0].text

    @property
    def token(self) -> str:
        """The session's token that forms of staff carry; empty where there is none."""
        return next((node.attributes.get("value", "") for node in self.root.all("input", name="csrf_token")), "")

    def check(self, *, tokens: bool = True) -> None:
        """What holds for every page; forms carry the session's token, or a nonce."""
        check(self, "csrf_token" if tokens else "nonce")

    def form(self, button: str) -> Node:
        """The form with a button of this text."""
        found = [form for form in self.root.all("form") if any(button == node.text for node in form.all("button"))]
        assert found, f"no button {button!r} on {self.response.request.path}: {self.text}"
        return found[0]

    def has_button(self, button: str) -> bool:
        """Whether a button has this text."""
        return any(node.text == button for node in self.root.all("button"))

    def link(self, text: str) -> str:
        """The address of the link with this text."""
        found = [node.attributes["href"] for node in self.root.all("a") if node.text == text]
        assert found, f"no link {text!r} on {self.response.request.path}: {self.text}"
        return found[0]


def values(form: Node) -> dict[str, list[str]]:
    """What a browser would send of the form as it is shown."""
    sent: dict[str, list[str]] = {}
    for node in form.all("input", "select", "textarea"):
        for value in _value(node):
            sent.setdefault(node.attributes.get("name", ""), []).append(value)
    sent.pop("", None)
    return sent


def _value(node: Node) -> list[str]:
    kind = node.attributes.get("type", "text")
    if node.tag == "textarea":
        return [node.text]
    if node.tag == "select":
        options = node.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return [option.attributes.get("value", option.text) for option in chosen]
    if kind in {"radio", "checkbox"} and "checked" not in node.attributes:
        return []
    return [] if kind in BUTTONS - {"hidden"} else [node.attributes.get("value", "on" if kind == "checkbox" else "")]


@dataclass
class Visitor:
    """A customer with a link and no cookies; every page is checked on the way."""

    client: FlaskClient

    def get(self, url: str, status: int = 200, **arguments: Any) -> Page:
        """Fetch a page, following redirects."""
        return self._checked(self.client.get(url, follow_redirects=True, **arguments), status)

    def post(self, url: str, data: Mapping[str, Any], status: int = 200, **arguments: Any) -> Page:
        """Send a form, following redirects."""
        return self._checked(self.client.post(url, data=data, follow_redirects=True, **arguments), status)

    def press(self, page: Page, button: str, status: int = 200, **changes: Any) -> Page:
        """Press a button of the page after filling in its form."""
        form = page.form(button)
        sent = {**values(form), **changes}
        url = form.attributes.get("action") or page.response.request.path
        if form.attributes.get("method", "get").lower() == "get":
            return self.get(url, status, query_string=sent)
        return self.post(url, sent, status)

    def _checked(self, response: TestResponse, status: int) -> Page:
        page = Page(response)
        assert response.status_code == status, f"{response.status_code} for {response.request.path}: {page.text[:2000]}"
        if response.mimetype == "text/html":
            page.check(tokens=False)
            check_private(page, self.client)
        return page


def check(page: Page, token: str) -> None:
    """What holds for every page; each form that changes something carries the named token."""
    root = page.root
    assert len(root.all("h1")) == 1, "one h1"
    assert root.all("title")[0].text, "a title"
    assert root.all("html")[0].attributes.get("lang"), "a language"
    ids = [node.attributes["id"] for node in root.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(name for name in ids if ids.count(name) > 1)}"
    _check_references(root, set(ids))
    _check_labels(root)
    _check_forms(root, token)
    _check_sources(root)


def _check_references(root: Node, ids: set[str]) -> None:
    for node in root.all():
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            missing = set(node.attributes.get(name, "").split()) - ids
            assert not missing, f"{node.tag} {name} names {missing}, which isn't there"


def _check_labels(root: Node) -> None:
    labelled = {label.attributes.get("for") for label in root.all("label") if label.text}
    for node in root.all(*TYPED):
        if node.attributes.get("type") in BUTTONS or "aria-label" in node.attributes:
            continue
        inside = any(parent.tag == "label" for parent in node.above())
        assert inside or node.attributes.get("id") in labelled, f"no label for {dict(node.attributes)}"
    for node in root.all("button", "a"):
        named = node.text or node.attributes.get("aria-label") or node.attributes.get("title")
        assert named or "href" not in node.attributes, f"nothing to read on {dict(node.attributes)}"


def _check_forms(root: Node, token: str) -> None:
    for form in root.all("form"):
        if form.attributes.get("method", "get").lower() == "post":
            assert form.all("input", type="hidden", name=token), f"no {token} in the form {dict(form.attributes)}"


def _check_sources(root: Node) -> None:
    assert not root.all("style"), "inline style"
    for node in root.all():
        assert "style" not in node.attributes, f"inline style on {node.tag}"
        assert not any(name.startswith("on") for name in node.attributes), f"inline script on {node.tag}"
        source = node.attributes.get("src") or (node.attributes.get("href") if node.tag == "link" else None)
        assert node.tag != "script" or source or node.attributes.get("type") == "application/json", "inline script"
        if source:
            local = source.startswith("data:") or (source.startswith("/") and not source.startswith("//"))
            assert local, f"foreign asset {source}"


def check_private(page: Page, client: FlaskClient) -> None:
    """What holds for every page of customers besides."""
    headers = page.response.headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    sheets = [node.attributes["href"] for node in page.root.all("link", rel="stylesheet")]
    size = len(page.response.data)
    for sheet in sheets:
        with client.get(sheet) as answer:
            size += len(answer.data)
    assert size < LARGEST, f"{size} bytes"
