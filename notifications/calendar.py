"""An appointment as a calendar file: UTC, one UID for the visit's life, a SEQUENCE that rises with the promise."""

from datetime import UTC
from urllib.parse import urlencode

from icalendar import Calendar, Event, vCalAddress

from scheduling import clock
from scheduling.models import Visit
from scheduling.wall import Window


def appointment(
    visit: Visit,
    window: Window,
    *,
    summary: str,
    method: str = "PUBLISH",
    description: str = "",
    organizer: str = "",
    attendee: str = "",
) -> bytes:
    """The file; `method` is PUBLISH for a download, REQUEST or CANCEL in a mail (those two name both addresses)."""
    event = Event()
    event.add("uid", f"visit-{visit.id}-{visit.created_at:%Y%m%d%H%M%S}@visit-portal")
    event.add("sequence", visit.generation)
    event.add("dtstamp", clock.now())
    event.add("dtstart", window.start)
    event.add("dtend", window.end)
    event.add("summary", summary)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if visit.site.address:
        event.add("location", visit.site.address)
    if description:
        event.add("description", description)
    if method != "PUBLISH":
        event.add("organizer", vCalAddress(f"mailto:{organizer}"))
        event.add("attendee", vCalAddress(f"mailto:{attendee}"), parameters={"RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
    return _wrapped(event, method)


def google_url(window: Window, *, summary: str, place: str) -> str:
    """The address at which Google Calendar asks whether to keep the appointment."""
    times = "/".join(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (window.start, window.end))
    asked = {"action": "TEMPLATE", "text": summary, "dates": times, "location": place}
    return f"https://calendar.google.com/calendar/render?{urlencode(asked)}"


def outlook_url(window: Window, *, summary: str, place: str) -> str:
    """The address at which Outlook on the web asks the same."""
    start, end = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in (window.start, window.end))
    at = {"startdt": start, "enddt": end, "location": place}
    asked = {"path": "/calendar/action/compose", "rru": "addevent", "subject": summary, **at}
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(asked)}"


def _wrapped(event: Event, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//visit-portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
