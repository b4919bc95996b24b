"""Who writes: the company as its messages name it, and how many messages it lets out."""

from typing import ClassVar

from pydantic import Field

from scheduling.settings import Group


class Company(Group):
    """The company as customers know it."""

    key: ClassVar[str] = "company"

    name: str = Field("Your service company", max_length=60)
    phone: str = Field("", max_length=32)


class SmsLimits(Group):
    """Bounds against pumping and slips."""

    key: ClassVar[str] = "sms_limits"

    per_recipient: int = Field(5, ge=1, le=1000)
    """In 24 hours."""
    per_day: int = Field(5_000, ge=1)
    """In 24 hours, to everybody together."""
    countries: tuple[str, ...] = ()
    """ISO codes of the countries SMS may go to; none named: all."""
