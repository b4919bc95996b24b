"""Every setting from the environment or `.env`, read once; all mistakes are reported together, by name."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url

from scheduling import travel
from scheduling.geocode import Geocoder

PREFIX = "PORTAL_"


class ConfigError(Exception):
    """The environment can't be used; the text names every setting that is wrong."""


class Config(BaseSettings):
    """The settings of the installation (docs/settings.md)."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, validate_default=True
    )

    database_url: str = "sqlite:///instance/portal.db"
    public_url: str = "http://127.0.0.1:8000"
    secret_keys: Annotated[tuple[str, ...], NoDecode] = ()
    broker_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_api_base: str = "https://api.twilio.com"
    smtp_url: str = ""
    mail_from: str = ""
    telegram_api_base: str = "https://api.telegram.org"
    travel: str = "great-circle"
    road_factor: float = 1.3
    speed_kmh: float = 40
    geocoder: str = ""
    tile_url: str = ""
    channels: Literal["live", "console"] = "live"
    sms_cost: float = 0.2
    max_segments: int = 3
    proxies: int = 0
    max_import_mb: int = 32

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        """A relative SQLite path counts from the working directory, for every command alike."""
        url = make_url(value)
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            url = url.set(database=str(Path(url.database).absolute()))
        return url.render_as_string(hide_password=False)

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("must hold at least one key (portal keys rotate writes one)")
        if any(len(key) < 32 for key in value):
            raise ValueError("every key needs 32 characters or more")
        return value

    @field_validator("road_factor", "speed_kmh")
    @classmethod
    def _positive(cls, value: float) -> float:
        if value <= 0:
            raise ValueError("must be greater than 0")
        return value

    @field_validator("travel")
    @classmethod
    def _known_travel(cls, value: str) -> str:
        travel.of(value, road_factor=1, speed_kmh=1)
        return value

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"amqp", "amqps", "redis", "rediss"}:
            raise ValueError("must begin with amqp://, amqps://, redis:// or rediss://")
        return value

    @field_validator("geocoder")
    @classmethod
    def _known_geocoder(cls, value: str) -> str:
        Geocoder.of(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _trusted(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("must be a URL without a path, such as https://portal.example.com")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("must begin with https:// unless it is a loopback address")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _live_needs_senders(self) -> Self:
        if self.smtp_url and not self.mail_from:
            raise ValueError("MAIL_FROM is needed where SMTP_URL is set")
        if self.twilio_account_sid and not (self.twilio_auth_token and self.twilio_from):
            raise ValueError("TWILIO_AUTH_TOKEN and TWILIO_FROM are needed where TWILIO_ACCOUNT_SID is set")
        return self

    @property
    def secure(self) -> bool:
        """Whether the portal is served over TLS."""
        return self.public_url.startswith("https://")

    @property
    def is_local(self) -> bool:
        """Whether the portal is for this machine only."""
        return is_loopback(urlsplit(self.public_url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read() -> Config:
    """The settings of this process. Raises `ConfigError` with every mistake at once."""
    try:
        return Config()
    except ValidationError as error:
        raise ConfigError("\n".join(_mistake(item) for item in error.errors())) from None


def _mistake(item: ErrorDetails) -> str:
    name = "".join(f"{PREFIX}{str(part).upper()}: " for part in item["loc"][:1])
    return name + item["msg"].removeprefix("Value error, ")
