"""Sentences about an appointment: what was done about it, what is asked, why something can't be done."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext
from sqlalchemy.orm import Session

from portal import filters
from portal.customer.state import OPEN, WAITING, State
from scheduling import tasks
from scheduling.models import Task, TaskKind, Visit


def obstacle(why: str) -> str:
    """Why something can't be done online, as a sentence; empty where it isn't meant to be."""
    sentences: dict[str, str] = {
        "cut_off": gettext("It is too close to the appointment to change it online."),
        "count": gettext("You have moved this appointment online as often as possible."),
        "past": gettext("The time of this appointment has passed."),
        "status": gettext("This appointment can no longer be changed online."),
    }
    return sentences.get(why, "")


def said(act: str, state: State, visit: Visit) -> str:
    """The sentence about an act, as long as it is true."""
    sentences: dict[tuple[str, bool], str] = {
        ("undone", state in WAITING): gettext(
            "Your confirmation was taken back. The time stays reserved for you; confirm it or choose another."
        ),
        ("moved_back", state in WAITING): gettext(
            "Your appointment is back at the time before. Confirm it to be sure."
        ),
        ("kept", state in OPEN - {State.CHOOSE}): gettext("Nothing was changed. Your appointment stays as it was."),
        ("earlier", visit.earlier): gettext(
            "Noted. If an earlier time becomes free, we will ask you first; until then your appointment stays as it is."
        ),
        ("not_earlier", not visit.earlier): gettext("Noted. We will not look for an earlier time."),
    }
    return sentences.get((act, True), "")


def asked(session: Session, visit: Visit, state: State) -> str:
    """What the customer asked for and still waits for, and what happens next."""
    kinds: dict[TaskKind, str] = {
        TaskKind.WISH: gettext("We are looking for another time and will get in touch."),
        TaskKind.CALL_BACK: gettext("We will call you back."),
        TaskKind.NOT_NEEDED: gettext("You told us that you no longer need this appointment. We will get in touch."),
    }
    waiting = tasks.open_of(session, visit)
    said = [" ".join(filter(None, (kinds[task.kind], _days(task)))) for task in waiting]
    stands = (
        [gettext("Until then your appointment stays as it is.")] if waiting and state in OPEN - {State.CHOOSE} else []
    )
    return " ".join([*dict.fromkeys(said), *stands])


def parts() -> Mapping[str, str]:
    """The parts of a day that can be wished for."""
    return {"any": gettext("Any time"), "morning": gettext("Morning"), "afternoon": gettext("Afternoon")}


def _days(task: Task) -> str:
    """The days that were wished for, in words."""
    days = [_day(date.fromisoformat(wish["day"]), wish["part"]) for wish in task.wishes]
    return gettext("You asked for: %(days)s.", days=", ".join(days)) if days else ""


def _day(day: date, part: str) -> str:
    """`Tue, Dec 8 (Morning)`, without the part where any will do."""
    return filters.short_day(day) + ("" if part == "any" else f" ({parts()[part]})")
