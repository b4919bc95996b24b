"""Coordinates of addresses, asked of a geocoder once and remembered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from geopy.exc import GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import BANFrance, Nominatim, Photon
from sqlalchemy.orm import Session

from scheduling import clock
from scheduling.db import Transaction
from scheduling.models import GeocodedAddress

AGENT = "visit-portal"
TIMEOUT = 10
"""Seconds that one question may take."""
PUBLIC_NOMINATIM = "nominatim.openstreetmap.org"
"""Asks for at most one question a second."""
SERVICES: Mapping[str, Callable[..., Any]] = {"nominatim": Nominatim, "photon": Photon, "ban": BANFrance}

Coordinates = tuple[float, float]


class GeocoderDown(Exception):
    """The geocoder gave no answer; another time it may."""


@dataclass(frozen=True)
class Geocoder:
    """A service that knows where addresses are, such as `nominatim+https://nominatim.example.org`."""

    setting: str
    ask: Callable[[str], Any] = field(repr=False)

    @classmethod
    def of(cls, setting: str) -> Self | None:
        """The geocoder that the setting names; None where it is empty. Raises `ValueError` where it names none."""
        if not setting:
            return None
        service, _, url = setting.partition("+")
        parts = urlsplit(url)
        if service not in SERVICES or parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError(f"{setting!r} must be written like nominatim+https://host ({', '.join(SERVICES)})")
        client = SERVICES[service](
            scheme=parts.scheme, domain=parts.netloc + parts.path.rstrip("/"), user_agent=AGENT, timeout=TIMEOUT
        )
        if parts.hostname == PUBLIC_NOMINATIM:
            return cls(
                setting, RateLimiter(client.geocode, min_delay_seconds=1, max_retries=0, swallow_exceptions=False)
            )
        return cls(setting, client.geocode)

    def locate(self, address: str) -> Coordinates | None:
        """Degrees of WGS 84; None where the service doesn't know the address. Raises `GeocoderDown`."""
        try:
            found = self.ask(address)
        except (GeopyError, OSError, ValueError, KeyError) as error:
            raise GeocoderDown(type(error).__name__) from error
        return (found.latitude, found.longitude) if found else None


def look_up(session: Session, geocoder: Geocoder, address: str) -> Coordinates | None:
    """Where the address is, from memory if it was asked before. Raises `GeocoderDown`."""
    row = _remembered(session, geocoder, address)
    if row is None:
        lat, lon = geocoder.locate(address) or (None, None)
        row = GeocodedAddress(address=address, geocoder=geocoder.setting, lat=lat, lon=lon, at=clock.now())
        session.add(row)
    return None if row.lat is None or row.lon is None else (row.lat, row.lon)


def warm(transaction: Transaction, geocoder: Geocoder, addresses: Iterable[str]) -> None:
    """Ask for the addresses before an import, so that none holds the database while it waits for the network.

    Ends quietly where the geocoder is down: the import says which visits have no coordinates.
    """
    for address in addresses:
        with transaction() as session:
            if _remembered(session, geocoder, address):
                continue
        try:
            lat, lon = geocoder.locate(address) or (None, None)
        except GeocoderDown:
            return
        row = GeocodedAddress(address=address, geocoder=geocoder.setting, lat=lat, lon=lon, at=clock.now())
        with transaction() as session:
            session.merge(row)


def _remembered(session: Session, geocoder: Geocoder, address: str) -> GeocodedAddress | None:
    return session.get(GeocodedAddress, {"address": address, "geocoder": geocoder.setting})
