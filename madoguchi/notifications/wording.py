"""What notifications and transcripts say, from ``messages/notifications.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from madoguchi import knowledge
from madoguchi.knowledge.business import Business, Team
from madoguchi.knowledge.words import Words

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "notifications.yml"


@lru_cache
def wording() -> Words:
    """Return the texts, named ``section.key``."""
    return Words(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def team_of(business: Business, site: str | None) -> Team | None:
    """Return the team that answers a site's customers, None for no site."""
    teams = {"store": business.online_store, "rental": business.rental_support}
    return teams.get(site or "")


def shop_name(business: Business, site: str | None) -> str:
    """Return the name that customers know the site by."""
    team = team_of(business, site)
    return team.name if team is not None else wording()("shop.none")
