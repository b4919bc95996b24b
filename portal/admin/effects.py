"""What each of the link settings does, in a sentence with the number that stands in the form."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal import filters
from portal.admin.hints import counted
from scheduling.models import Lock
from scheduling.terms import LinkTerms

LOCKS: Mapping[Lock, str] = {
    Lock.NONE: "The planning may move a visit that its customer agreed to, within the promised window and day.",
    Lock.DAY: "A visit that its customer agreed to stays on its day, whoever plans.",
    Lock.TIME: "A visit that its customer agreed to stays within 15 minutes of the time planned then, whoever plans.",
}


def of(terms: LinkTerms, now: datetime) -> Mapping[str, str]:
    """A sentence for each field; `now` on the wall clock of the company."""
    return {
        "rescheduling": _mode(terms),
        "validity_days": f"A link sent now opens until {_day(now + timedelta(days=terms.validity_days))}.",
        "show_technician": _either(
            terms.show_technician,
            "Once they have agreed, customers read the first name of who comes.",
            "Customers don’t read who comes.",
        ),
        "cut_off_hours": _cut_off(terms),
        "max_detour_km": _detour(terms),
        "notice_hours": _notice(terms, now),
        "horizon_days": f"Today, slots are offered up to {_day(now + timedelta(days=terms.horizon_days))}.",
        "max_reschedules": _count(terms),
        "hold_minutes": f"The slot is kept for {counted(terms.hold_minutes, 'minute')} while the customer decides.",
        "empty_routes": _either(
            terms.empty_routes,
            "Days on which a technician works and nothing is planned yet are offered as well.",
            "Only days with a planned route are offered.",
        ),
        "choose_days": _either(
            terms.choose_days,
            "When notifying, a dispatcher may say to which days the customers may move.",
            "Customers may always move to any day up to the horizon.",
        ),
        "lock": LOCKS[terms.lock],
    }


def _either(value: bool, yes: str, no: str) -> str:
    return yes if value else no


def _mode(terms: LinkTerms) -> str:
    if terms.rescheduling:
        return "Customers confirm the appointment, or move it to a slot that a technician can really serve."
    return "Customers can only confirm the appointment, or say that it doesn’t suit them. Nothing moves by itself."


def _cut_off(terms: LinkTerms) -> str:
    act = "move his appointment or take back his confirmation" if terms.rescheduling else "take back his confirmation"
    if terms.cut_off_hours == 0:
        return f"A customer can {act} until the appointment begins."
    return f"A customer can {act} until {counted(terms.cut_off_hours, 'hour')} before the appointment begins."


def _detour(terms: LinkTerms) -> str:
    if terms.max_detour_km == 0:
        return "A slot is offered where no route gets longer by it."
    return f"A slot is offered where a route gets at most {terms.max_detour_km:g} km longer by it."


def _notice(terms: LinkTerms, now: datetime) -> str:
    first = now + timedelta(hours=terms.notice_hours)
    if terms.notice_hours >= 24 * (terms.horizon_days + 1):
        return "Nothing can be offered: the notice is longer than the horizon."
    if terms.notice_hours == 0:
        return "A slot is offered until it begins."
    return f"The first slot offered now begins on {_day(first)}, {filters.clock(first)}, or later."


def _count(terms: LinkTerms) -> str:
    if terms.max_reschedules == 0:
        return "No customer can move an appointment online; he is asked what would suit him."
    return f"After {counted(terms.max_reschedules, 'move')} online a customer is asked what would suit him instead."


def _day(at: datetime) -> str:
    return filters.long_day(at.date())
