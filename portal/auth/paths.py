"""Where somebody may be sent on to after signing in."""

from urllib.parse import unquote, urlsplit


def local(target: str | None) -> str | None:
    """The target if it is a path of this portal, however often it was encoded; None otherwise."""
    if not target:
        return None
    text, decoded = target, unquote(target)
    while text != decoded:
        if not _is_path(text):
            return None
        text, decoded = decoded, unquote(decoded)
    return target if _is_path(text) else None


def _is_path(text: str) -> bool:
    parts = urlsplit(text)
    plain = text.isprintable() and "\\" not in text
    return plain and text.startswith("/") and not text.startswith("//") and not (parts.scheme or parts.netloc)
