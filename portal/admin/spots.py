"""A place as it is typed: an address where a geocoder is set, or its degrees."""

import re
from typing import Any

from flask import current_app
from wtforms import StringField

from portal.transaction import transaction
from scheduling import geocode
from scheduling.geocode import Coordinates, Geocoder, GeocoderDown

DEGREES = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
NO_GEOCODER = "Type latitude and longitude, such as 38.8895, -77.0353. Addresses need a geocoder (PORTAL_GEOCODER)."
UNKNOWN = "The geocoder doesn’t know this address. Type latitude and longitude, such as 38.8895, -77.0353."
DOWN = "The geocoder doesn’t answer. Try once more, or type latitude and longitude, such as 38.8895, -77.0353."


class SpotField(StringField):  # type: ignore[misc]
    """Latitude and longitude; what can't be found stays in the field as it was typed."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "{:.6g}, {:.6g}".format(*self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read degrees, else ask for the address. Raises `ValueError` with what is wrong."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data = _degrees(text) or _of_address(text) if text else None


def _degrees(text: str) -> Coordinates | None:
    found = DEGREES.fullmatch(text)
    if found is None:
        return None
    lat, lon = float(found[1]), float(found[2])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("Latitudes go from -90 to 90, longitudes from -180 to 180.")
    return lat, lon


def _of_address(text: str) -> Coordinates:
    geocoder = Geocoder.of(current_app.config["PORTAL"].geocoder)
    if geocoder is None:
        raise ValueError(NO_GEOCODER)
    geocode.warm(transaction, geocoder, [text])
    try:
        with transaction() as session:
            found = geocode.look_up(session, geocoder, text)
    except GeocoderDown:
        raise ValueError(DOWN) from None
    if found is None:
        raise ValueError(UNKNOWN)
    return found
