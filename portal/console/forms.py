"""What is typed into the files of customers and visits."""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import (
    DecimalField,
    EmailField,
    FloatField,
    IntegerField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from portal.appearance import LANGUAGES
from portal.forms import Form, Ticks, Words, choices, email_address, perhaps, phone_number, plain, stripped
from scheduling.models import ConsentChannel, Customer, Location, Lock, VisitType

CHANNELS = (
    (ConsentChannel.SMS, "SMS"),
    (ConsentChannel.EMAIL, "E-mail"),
    (ConsentChannel.WHATSAPP, "WhatsApp"),
    (ConsentChannel.VIBER, "Viber"),
    (ConsentChannel.TELEGRAM, "Telegram"),
)
LOCKS = ((Lock.NONE, "nothing"), (Lock.DAY, "the day"), (Lock.TIME, "the time"))


def _with(other: str) -> Callable[[Form, FloatField], None]:
    """A validator: both coordinates or neither."""

    def check(form: Form, field: FloatField) -> None:
        if any(field.raw_data or ()):
            return
        field.errors[:] = []
        if any(form[other].raw_data or ()):
            raise ValidationError("Give both, latitude and longitude, or neither.")
        raise StopValidation

    return check


class SiteForm(Form):
    """A place; without coordinates no slot can be offered for it."""

    address = StringField("Address", [InputRequired("Type the address."), Length(max=500)], [stripped])
    lat = FloatField("Latitude", [_with("lon"), NumberRange(-90, 90, "Between -90 and 90.")])
    lon = FloatField("Longitude", [_with("lat"), NumberRange(-180, 180, "Between -180 and 180.")])


class CustomerForm(Form):
    """The file of a customer."""

    version = IntegerField(widget=HiddenInput())
    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped])
    phone = TelField("Phone", [Length(max=32), phone_number], [stripped])
    email = EmailField("E-mail", [Length(max=254), email_address], [stripped])
    locale = SelectField(
        "Language", choices=choices([("", "As at the location"), *LANGUAGES.items()]), coerce=perhaps(str)
    )
    consent = Ticks("Agrees to messages by", choices=choices(CHANNELS), coerce=ConsentChannel)

    @property
    def fields(self) -> dict[str, Any]:
        """What stands in columns of the customer."""
        return {name: self[name].data for name in ("name", "phone", "email", "locale")}

    @property
    def granted(self) -> dict[ConsentChannel, bool]:
        """The customer's word about each channel."""
        return {channel: channel in self.consent.data for channel, _ in CHANNELS}


class VisitForm(Form):
    """The file of a visit."""

    version = IntegerField(widget=HiddenInput())
    site_id = SelectField("Place", coerce=int)
    type_id = SelectField("Type", coerce=perhaps(int))
    duration = IntegerField("Duration in minutes", [InputRequired("How long does it take?"), NumberRange(1, 1440)])
    description = TextAreaField("What is to be done", [Length(max=5000)], [plain])
    contact = StringField("Contact on site", [Length(max=200)], [plain])
    price = DecimalField("Price", [Optional(), NumberRange(0, 10_000_000)], places=2)
    skills = Words("Skills needed", description="With commas between, as the technicians have them.")
    load = IntegerField("Load", [Optional(), NumberRange(0, 1_000_000)], default=0)
    lock = SelectField(
        "Once confirmed, hold",
        choices=choices([("", "what the link settings say"), *LOCKS]),
        coerce=perhaps(Lock),
    )

    def choose_from(self, customer: Customer, types: Sequence[VisitType]) -> None:
        """Fill the lists."""
        self.site_id.choices = choices((site.id, site.address or f"Place {site.id}") for site in customer.sites)
        self.type_id.choices = choices([("", "None"), *((each.id, each.name) for each in types)])

    @property
    def fields(self) -> dict[str, Any]:
        """What stands in columns of the visit."""
        names = ("site_id", "type_id", "duration", "description", "contact", "skills", "lock")
        price = None if self.price.data is None else float(self.price.data)
        return {**{name: self[name].data for name in names}, "price": price, "load": self.load.data or 0}


class NewVisitForm(VisitForm):
    """A visit that doesn't exist yet; what its type usually takes and needs may be left empty."""

    duration = IntegerField(
        "Duration in minutes", [Optional(), NumberRange(1, 1440)], description="Empty is what its type usually takes."
    )
    location_id = SelectField("Location", coerce=int)
    status = SelectField("Save as", choices=choices([("unplanned", "to be planned"), ("draft", "a draft")]))

    def choose_location(self, locations: Sequence[Location]) -> None:
        """Fill the list."""
        self.location_id.choices = choices((location.id, location.name) for location in locations)
