"""An appointment as a calendar file: UTC, one UID for the visit's life, a SEQUENCE that rises with the promise."""

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


def _wrapped(event: Event, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//visit-portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
