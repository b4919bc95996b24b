"""How many segments an SMS takes: GSM 03.38 in septets, or else UCS-2 in UTF-16 code units."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters that take two septets: an escape, then the character."""

PLAIN: Mapping[str, str] = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "×": "x",
    "™": "(TM)",
    "©": "(c)",
    "®": "(R)",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ẞ": "SS",
}
"""What stands for a character in GSM-7 where taking off its accent doesn't help."""


class Encoding(StrEnum):
    """The alphabet a text needs."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


SINGLE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
"""Units of a text that fits one segment."""
JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}
"""Units of each segment of a longer text: the header that joins them takes the rest."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes: `units` are septets or UTF-16 code units."""

    encoding: Encoding
    units: int
    segments: int

    @property
    def room(self) -> int:
        """Units that so many segments hold."""
        return SINGLE[self.encoding] if self.segments == 1 else JOINED[self.encoding] * self.segments


def costly(text: str) -> str:
    """The characters, each once and in order, that force the whole text into UCS-2."""
    return "".join(dict.fromkeys(char for char in text if char not in BASIC and char not in EXTENSION))


def plain(char: str) -> str:
    """What may stand for a costly character; nothing where there is no such, as for an emoji."""
    parts = PLAIN.get(char) or unicodedata.normalize("NFKD", char).replace("\u2044", "/")
    return "".join(part for part in parts if not costly(part))


def replaced(text: str) -> str:
    """The text with everything costly replaced, so that GSM-7 will do."""
    return "".join(plain(char) if costly(char) else char for char in text)


def measure(text: str) -> Size:
    """The encoding, units and segments of a text; an empty one takes one segment."""
    if len(text) <= SINGLE[Encoding.GSM7] and BASIC.issuperset(text):
        return Size(Encoding.GSM7, len(text), 1)  # what most are, told twenty times sooner
    encoding = Encoding.UCS2 if costly(text) else Encoding.GSM7
    weights = [_weight(char, encoding) for char in text]
    units = sum(weights)
    segments = 1 if units <= SINGLE[encoding] else _pack(weights, JOINED[encoding])
    return Size(encoding, units, segments)


def _weight(char: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _pack(weights: list[int], limit: int) -> int:
    """Fill segment after segment; neither an escape nor a surrogate pair is split over a border."""
    segments, used = 1, 0
    for weight in weights:
        if used + weight > limit:
            segments, used = segments + 1, 0
        used += weight
    return segments
