"""By when an inquiry is answered: what customers are promised before and after they open one."""

from __future__ import annotations

from datetime import date

from madoguchi.rules.calendar import BusinessCalendar

# What is promised to a customer: an answer within two business days, an urgent one within one.
ANSWER_WITHIN_DAYS = 2
URGENT_WITHIN_DAYS = 1


def due_on(calendar: BusinessCalendar, today: date, *, urgent: bool) -> date:
    """Return the business day by whose end an inquiry opened today (in Tokyo) is answered."""
    days = URGENT_WITHIN_DAYS if urgent else ANSWER_WITHIN_DAYS
    return calendar.add_business_days(today, days)
