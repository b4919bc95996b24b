"""Where visits happen: the place a row means, and the customer's site for it."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from scheduling import geocode
from scheduling.db import Base
from scheduling.document import VisitRow
from scheduling.geocode import Coordinates, Geocoder, GeocoderDown
from scheduling.importer.ids import Ids
from scheduling.models import Customer, Site

Spot = tuple[str, float | None, float | None]
"""An address and its degrees; None while nobody knows them."""


def spot_of(site: Site) -> Spot:
    """The site as a row of a document would name it."""
    return site.address, site.lat, site.lon


@dataclass
class Places:
    """Finds coordinates and sites. A geocoder that fails once isn't asked again by the same import."""

    session: Session
    geocoder: Geocoder | None
    ids: Ids
    down: bool = False
    made: list[Base] = field(default_factory=list)
    """New sites, to be written."""
    _sites: dict[tuple[int, Spot], Site] = field(default_factory=dict)

    def meant(self, row: VisitRow, *known: Spot) -> Spot:
        """The place that a row means: its coordinates, else those already `known` of its address, else looked up."""
        named = "address" in row.model_fields_set or not known
        address = row.address if named else known[0][0]
        if row.lat is not None and row.lon is not None:
            return address, row.lat, row.lon
        for spot in known:
            if spot[0] == address and spot[1] is not None:
                return spot
        return address, *(self._look_up(address) or (None, None))

    def _look_up(self, address: str) -> Coordinates | None:
        if self.geocoder is None or self.down:
            return None
        try:
            return geocode.look_up(self.session, self.geocoder, address)
        except GeocoderDown:
            self.down = True
            return None

    @property
    def why(self) -> str:
        """Why a place without coordinates has none."""
        if self.geocoder is None:
            return "no coordinates, and no geocoder is set"
        return "no coordinates, and the geocoder " + ("doesn't answer" if self.down else "doesn't know the address")

    def site(self, customer: Customer, spot: Spot) -> Site:
        """The customer's site at the place, a new one where he has none: a site is never changed under other visits."""
        key = (customer.id, spot)
        if key not in self._sites:
            same = [site for site in customer.sites if spot_of(site) == spot]
            self._sites[key] = same[0] if same else self._new(customer, spot)
        return self._sites[key]

    def _new(self, customer: Customer, spot: Spot) -> Site:
        address, lat, lon = spot
        site = Site(id=self.ids.next(Site.id), customer_id=customer.id, address=address, lat=lat, lon=lon)
        self.made.append(site)
        return site
