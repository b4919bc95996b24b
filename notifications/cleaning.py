"""Values from outside made harmless: a customer's name must not smuggle a link or another line into a message."""

import re
import unicodedata
from functools import lru_cache

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/+")
DOT = re.compile(r"(?<=\S)[.\u3002\uff0e\uff61](?=\w)")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of controls, bidi marks, zero-width characters and line separators."""


@lru_cache(maxsize=1024)
def one_line(text: str, limit: int) -> str:
    """One line of visible characters, cut to `limit` with an ellipsis that keeps GSM-7.

    Kept for a while: a sending writes the same company, link and hours a thousand times.
    """
    seen = "".join(" " if char.isspace() else char for char in text)
    seen = "".join(char for char in seen if unicodedata.category(char) not in INVISIBLE)
    seen = " ".join(seen.split())
    return seen if len(seen) <= limit else seen[: limit - 3].rstrip() + "..."


def harmless(text: str, limit: int) -> str:
    """`one_line`, and nothing in it that a phone would turn into a link: `evil.com` becomes `evil. com`."""
    line = one_line(text, 10 * limit)
    return one_line(DOT.sub(". ", SCHEME.sub("", line)), limit)
