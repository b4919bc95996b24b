"""The closed language of templates: Jinja's sandbox, of which only a list of constructs and known names may be used."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications import catalogue
from notifications.catalogue import Kind
from notifications.errors import TemplateInvalid
from notifications.wording import Moment

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Filter,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
LONGEST = 20_000
"""Characters of a source."""
NAME = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE | re.ASCII)
FILTERS: Mapping[str, Callable[[Moment], str]] = {
    "date": Moment.date,
    "time": Moment.time,
    "relative_day": Moment.relative_day,
}

OPEN = "“{{” or “{%” is opened and never closed"
SYNTAX: Mapping[str, str] = {
    "looking for the following tags": "“{% if … %}” is opened and never closed with “{% endif %}”",
    "unknown tag 'end": "“{% endif %}” closes something that was never opened",
    **dict.fromkeys(["unexpected end of template", "'end of template'"], OPEN),
    "Expected an expression": "a name must stand between “{{” and “}}”",
    "end of print statement": "between “{{” and “}}” stands one name, without blanks, such as “customer.name”",
    "unexpected '}'": "a variable ends with two braces, “}}”",
}
"""The parser's words, as far as people run into them, and ours."""


def _lenient(part: Callable[[Moment], str]) -> Callable[[Moment | str], str]:
    """A moment that there isn't is written as nothing."""
    return lambda value: part(value) if isinstance(value, Moment) else ""


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters = {name: _lenient(part) for name, part in FILTERS.items()}
    environment.globals.clear()
    environment.tests = {}
    return environment


_TEXT, _HTML = _environment(html=False), _environment(html=True)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A source that keeps the rules, with the variables it names."""

    template: Template
    paths: frozenset[str]

    def fill(self, values: Mapping[str, object]) -> str:
        """The text; values are written as they are and never read again. Raises `TemplateInvalid`."""
        try:
            return self.template.render(_nest(values))
        except TemplateError as error:
            raise TemplateInvalid(f"The text can't be filled in: {error.message}.") from error


@lru_cache(maxsize=512)
def compiled(source: str, *, html: bool = False) -> Compiled:
    """Parse and judge a source, at save and at each rendering. Raises `TemplateInvalid` with a sentence."""
    if len(source) > LONGEST:
        raise TemplateInvalid(f"The text is longer than {LONGEST} characters.")
    environment = _HTML if html else _TEXT
    try:
        paths = frozenset(_judge(environment.parse(source)))
        return Compiled(environment.from_string(source), paths)
    except TemplateSyntaxError as error:
        raise TemplateInvalid(f"Line {error.lineno}: {_plainly(error.message or '')}.") from error
    except RecursionError as error:
        raise TemplateInvalid("The text is nested too deeply.") from error


def _plainly(message: str) -> str:
    """What the parser says, for people who don't write programs."""
    return next((words for sign, words in SYNTAX.items() if sign in message), f"this can't be read ({message})")


def _judge(tree: nodes.Template) -> set[str]:
    """The paths used; refuses whatever isn't on the list."""
    paths: set[str] = set()
    pending: list[nodes.Node] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Name | nodes.Getattr):
            paths.add(_known(node).path)
            continue
        if not isinstance(node, ALLOWED):
            _refuse(node, f"“{type(node).__name__.lower()}” can't be used in a template")
        if isinstance(node, nodes.Filter):
            _judge_filter(node)
        pending.extend(node.iter_child_nodes())
    return paths


def _known(node: nodes.Name | nodes.Getattr) -> catalogue.Variable:
    path = _path(node)
    variable = catalogue.lookup(path)
    if variable is None:
        _refuse(node, f"there is no variable “{path}”", _nearest(path, catalogue.CATALOGUE))
    return variable


def _nearest(word: str, known: Iterable[str]) -> str:
    """What somebody who typed this may have meant; `visit.date` is nearest to none, so the last part counts alone."""
    found = get_close_matches(word.lower(), known, 1) or [name for name in known if name.endswith(f".{word}")]
    return f" Did you mean “{found[0]}”?" if found else ""


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name) and node.ctx == "load" and NAME.fullmatch(node.name):
        return node.name
    if isinstance(node, nodes.Getattr) and node.ctx == "load" and NAME.fullmatch(node.attr):
        return f"{_path(node.node)}.{node.attr}"
    raise TemplateInvalid(f"Line {node.lineno}: only variables of the list can be used.")


def _judge_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        _refuse(node, f"there is no filter “{node.name}”", _nearest(node.name, FILTERS))
    if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        _refuse(node, f"the filter “{node.name}” takes nothing in brackets")
    if not isinstance(node.node, nodes.Name | nodes.Getattr) or _known(node.node).kind is not Kind.MOMENT:
        _refuse(node, f"the filter “{node.name}” needs a date or a time before it")


def _refuse(node: nodes.Node, what: str, hint: str = "") -> NoReturn:
    raise TemplateInvalid(f"Line {node.lineno}: {what}.{hint}")


def _nest(values: Mapping[str, object]) -> dict[str, Any]:
    """Values by path as the objects that dots reach into."""
    root: dict[str, Any] = {}
    for path, value in values.items():
        *parents, name = path.split(".")
        place = root
        for parent in parents:
            place = vars(place.setdefault(parent, SimpleNamespace()))
        place[name] = value
    return root
