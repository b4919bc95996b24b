"""Lists to look things up in."""

from sqlalchemy.orm import Session

from scheduling import lists
from tests.factories import make_customer, make_location, make_visit


def test_a_list_without_a_filter_counts_every_row(session: Session) -> None:
    location = make_location(session)
    for _ in range(3):
        make_visit(session, location, customer=make_customer(session))
    assert lists.customers(session).total == 3
    assert lists.visits(session, lists.VisitFilter()).total == 3


def test_a_list_beyond_one_page_leads_to_the_next(session: Session) -> None:
    for _ in range(lists.SIZE + 2):
        make_customer(session)
    page = lists.customers(session, number=2)
    assert (page.total, page.last, page.first_row, len(page.rows)) == (lists.SIZE + 2, 2, lists.SIZE + 1, 2)
