"""Where customers can be asked for a rating: never where it would cost, or come too late."""

from __future__ import annotations

from madoguchi.channels.line.channel import NAME as LINE
from madoguchi.channels.line.tokens import ReplyTokens
from madoguchi.channels.messenger.window import DAY
from madoguchi.clock import as_utc
from madoguchi.desk.ratings import FindWay, Way
from madoguchi.desk.steps import Step
from madoguchi.settings import Settings

_WITH_WINDOW = frozenset({"messenger", "instagram"})


def finding_ways(settings: Settings) -> FindWay:
    """Return what finds the way to ask a customer for a rating, and None where there is none.

    On LINE it is a reply, which costs nothing; a push only with the setting. On Messenger and
    Instagram the customer has to have written within a day.
    """

    async def find(step: Step) -> Way | None:
        if step.row.channel == LINE:
            token = await ReplyTokens.free(step.session, step.row.id)
            if token is not None:
                return Way(token.inbound_id)
            return Way() if settings.line_rating_push else None
        if step.row.channel in _WITH_WINDOW:
            wrote = step.row.last_customer_at
            late = wrote is None or step.now - as_utc(wrote) >= DAY
            return None if late else Way()
        return Way()

    return find
