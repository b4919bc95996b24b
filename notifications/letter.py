"""A plain e-mail as HTML: the same words, the link as a button."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "defaults"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
BUTTONS = {"en": "Open my appointment", "fr": "Voir mon rendez-vous", "de": "Meinen Termin öffnen"}


def as_html(subject: str, body: str, *, link: str, company: str, locale: str) -> str:
    """The body's paragraphs; a line that is nothing but the link becomes a button."""
    paragraphs = [part.split("\n") for part in body.split("\n\n") if part.strip()]
    return _ENVIRONMENT.get_template("letter.html").render(
        subject=subject,
        paragraphs=paragraphs,
        link=link,
        company=company,
        locale=locale,
        button=BUTTONS.get(locale[:2], BUTTONS["en"]),
    )
