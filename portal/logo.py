"""The company's logo: drawn anew from what was uploaded, so that nothing but its pixels is kept."""

import base64
import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO

from flask import url_for
from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from portal.models import Picture
from scheduling import clock

NAME = "logo"
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
LARGEST = 2 * 2**20
"""Bytes of an upload."""
MOST_PIXELS = 24_000_000
BOX = (480, 160)
"""Pixels that the picture may have: twice what it measures on a page, for sharp screens."""
HEAVIEST = 12_000
"""Bytes of what we draw, so that a page stays under its weight."""
COLOURS = (256, 128, 64, 32, 16)
BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError),
    *(struct.error, Image.DecompressionBombError),
)
"""What the decoders raise for files that are none."""


class NotAPicture(Exception):
    """The upload can't be used; the text says why, for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of ours, PNG."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The logo as a page has it."""

    url: str
    width: int
    height: int


def drawn(upload: bytes) -> Drawing:
    """The picture scaled to the box and without anything that was hidden in the file. Raises `NotAPicture`."""
    if len(upload) > LARGEST:
        raise NotAPicture(f"The file is larger than {LARGEST // 2**20} MB.")
    picture = _pixels(upload)
    size = picture.size
    while True:
        for colours in (None, *COLOURS):
            content = _png(picture, colours)
            if len(content) <= HEAVIEST:
                return Drawing(content, *picture.size)
        size = (max(1, size[0] * 3 // 4), max(1, size[1] * 3 // 4))
        picture.thumbnail(size, Image.Resampling.LANCZOS)


def _pixels(upload: bytes) -> Image.Image:
    """The first frame, upright, in a new picture that knows nothing of the old one."""
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NotAPicture(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
            found.draft("RGB", (BOX[0] * 2, BOX[1] * 2))
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    except BROKEN:
        raise NotAPicture("This isn’t a PNG, JPEG, GIF or WebP picture that can be read.") from None
    upright.thumbnail(BOX, Image.Resampling.LANCZOS)
    fresh = Image.new("RGBA", upright.size)
    fresh.paste(upright)
    return fresh


def _png(picture: Image.Image, colours: int | None) -> bytes:
    if colours:
        picture = picture.quantize(colours, method=Image.Quantize.FASTOCTREE)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def keep(session: Session, drawing: Drawing) -> None:
    """Make it the logo."""
    remove(session)
    session.add(
        Picture(
            name=NAME,
            digest=hashlib.sha256(drawing.content).hexdigest(),
            content=drawing.content,
            width=drawing.width,
            height=drawing.height,
            changed_at=clock.now(),
        )
    )
    session.flush()


def remove(session: Session) -> None:
    """Have none."""
    if picture := session.get(Picture, NAME):
        session.delete(picture)
        session.flush()


def shown(session: Session) -> Shown | None:
    """The logo in force, at an address that changes with it."""
    picture = session.get(Picture, NAME)
    if picture is None:
        return None
    return Shown(url_for("customer.picture", digest=picture.digest), picture.width, picture.height)


def unsaved(drawing: Drawing) -> Shown:
    """A picture that stands in no table, within the page itself."""
    content = base64.b64encode(drawing.content).decode()
    return Shown(f"data:image/png;base64,{content}", drawing.width, drawing.height)
