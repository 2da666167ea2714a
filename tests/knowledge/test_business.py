"""The business file: what stands in ours, and what is said about a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from madoguchi.knowledge.business import FILE, BusinessFileError, business
from madoguchi.rules.tokyo import TOKYO
from madoguchi.rules.transfers import STORES, StoreKind

type Write = Callable[[str], Path]
type Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / "mine.yml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture
def changed(write: Write) -> Callable[[Change], Path]:
    """Write the file that comes with the project, changed."""

    def written(change: Change) -> Path:
        read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        change(read)
        return write(yaml.safe_dump(read, allow_unicode=True))

    return written


def test_the_guides_facts_are_in_the_file() -> None:
    shop = business()
    phone, support = shop.online_store, shop.rental_support
    assert (phone.id, phone.phone) == ("online_store", "0120-778-407")
    assert support.email == "customer@10keiya.jp"
    friday = datetime(2026, 11, 20, 12, tzinfo=TOKYO)
    assert phone.hours.closes_at(friday, shop.calendar) == friday.replace(hour=17)
    holiday = datetime(2026, 11, 23, 12, tzinfo=TOKYO)
    assert not phone.hours.is_open(holiday, shop.calendar)


def test_the_new_year_is_closed_every_year() -> None:
    calendar = business().calendar
    for year in (2026, 2027, 2040):
        assert calendar.why_closed(date(year, 12, 30)) == "年末年始休業"
        assert calendar.why_closed(date(year + 1, 1, 2)) == "年末年始休業"


def test_every_store_of_the_rules_has_its_hours() -> None:
    shop = business()
    assert {name: store.kind for name, store in shop.stores.items()} == dict(STORES)
    sunday = date(2026, 11, 22)
    open_on_sunday = {
        name for name, store in shop.stores.items() if store.hours.is_open_on(sunday, shop.calendar)
    }
    assert open_on_sunday == {name for name, kind in STORES.items() if kind is StoreKind.ALLU}


def test_a_store_is_found_however_it_is_written_and_a_branch_by_its_shop() -> None:
    shop = business()
    assert shop.store("ALLU表参道店") is shop.store("allu 表参道店")
    assert shop.store("なんぼや 銀座本店") is shop.stores["なんぼや"]
    assert shop.store("どこかの店") is None


def test_the_file_is_read_once() -> None:
    assert business() is business()


def test_an_operator_s_file_counts_instead(changed: Callable[[Change], Path]) -> None:
    def mine(read: dict[str, Any]) -> None:
        read["closures"] = [
            {"first": date(2027, 8, 12), "last": date(2027, 8, 13), "reason": "夏季休業"}
        ]
        read["yearly_closures"] = []
        read["teams"]["online_store"]["hours"] = {
            "every_day": "9:00-12:00, 13:00-18:00",
            "weekend": "closed",
            "saturday": "10:00-15:00",
            "open_on_holidays": True,
        }
        read["stores"]["なんぼや 銀座本店"] = {"hours": {"monday": "11:00-19:00"}}

    shop = business(changed(mine))
    assert shop.calendar.why_closed(date(2027, 8, 13)) == "夏季休業"
    assert shop.calendar.why_closed(date(2026, 12, 30)) is None
    hours = shop.online_store.hours
    monday, saturday, sunday = (date(2026, 11, day) for day in (16, 21, 22))
    assert [len(hours.on(day, shop.calendar)) for day in (monday, saturday, sunday)] == [2, 1, 0]
    assert hours.is_open_on(date(2026, 11, 23), shop.calendar)
    branch = shop.store("なんぼや 銀座本店")
    assert branch is not None
    assert branch.kind is StoreKind.NANBOYA


def set_hours(written: object) -> Change:
    def change(read: dict[str, Any]) -> None:
        read["teams"]["online_store"]["hours"]["weekdays"] = written

    return change


def add_closure(first: object, last: object, reason: str = "夏季休業") -> Change:
    def change(read: dict[str, Any]) -> None:
        read["closures"] = [{"first": first, "last": last, "reason": reason}]

    return change


def add_yearly(first: object, last: object) -> Change:
    def change(read: dict[str, Any]) -> None:
        read["yearly_closures"] = [{"first": first, "last": last, "reason": "夏季休業"}]

    return change


WRONG: dict[str, tuple[Change, str, str]] = {
    # YAML reads an unquoted 12:00 as a number.
    "a time that YAML took for a number": (
        set_hours(720),
        "teams.online_store.hours.weekdays",
        "in quotes",
    ),
    "hours without an end": (set_hours("12:00"), "teams.online_store.hours.weekdays", "no hours"),
    "hours backwards": (set_hours("17:00-12:00"), "teams.online_store.hours.weekdays", "17:00"),
    "an hour that no day has": (set_hours("12:00-25:00"), "hours.weekdays", "hour must be in"),
    "a break backwards": (set_hours("14:00-17:00, 9:00-12:00"), "online_store.hours", "overlap"),
    "never open": (set_hours("closed"), "teams.online_store.hours", "no day"),
    "a day that does not exist": (add_closure("2027-02-30", "2027-03-01"), "closures.0.first", ""),
    "a closure backwards": (
        add_closure(date(2027, 8, 13), date(2027, 8, 12)),
        "closures.0",
        "0 days",
    ),
    "a closure of a year": (
        add_closure(date(2026, 8, 13), date(2027, 8, 13)),
        "closures.0",
        "1 to 60",
    ),
    "a closure without a reason": (
        add_closure(date(2027, 8, 12), date(2027, 8, 13), ""),
        "closures.0.reason",
        "at least 1",
    ),
    "a yearly day with a year": (
        add_yearly("2026-12-29", "01-03"),
        "yearly_closures.0.first",
        '"12-29"',
    ),
    "a yearly day that does not exist": (
        add_yearly("02-30", "03-01"),
        "yearly_closures.0.first",
        "no day of the year",
    ),
    "a yearly closure of months": (add_yearly("02-01", "01-31"), "yearly_closures.0", "1 to 60"),
    "a team that nobody can reach": (
        lambda read: read["teams"]["online_store"].pop("phone"),
        "teams.online_store",
        "phone or an email",
    ),
    "a team too few": (
        lambda read: read["teams"].pop("rental_support"),
        "the file",
        "rental_support is missing",
    ),
    "a store too few": (
        lambda read: read["stores"].pop("ALLU銀座店"),
        "the file",
        "ALLU銀座店 is missing",
    ),
    "a store that nothing is brought to": (
        lambda read: read["stores"].update({"ALLU名古屋店": read["stores"]["ALLU銀座店"]}),
        "the file",
        "ALLU名古屋店",
    ),
    "a key that is misspelt": (
        lambda read: read["teams"]["online_store"]["hours"].update(weekday="12:00-17:00"),
        "teams.online_store.hours.weekday",
        "",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_with_its_name_and_key(
    case: str, changed: Callable[[Change], Path]
) -> None:
    change, key, words = WRONG[case]
    file = changed(change)
    with pytest.raises(BusinessFileError) as refused:
        business(file)
    message = str(refused.value)
    assert message.startswith(f"{file}: ")
    assert f"{key}: " in message
    assert words in message


def test_everything_that_is_wrong_is_said_at_once(changed: Callable[[Change], Path]) -> None:
    def twice(read: dict[str, Any]) -> None:
        set_hours("noon")(read)
        add_closure("soon", "later")(read)

    with pytest.raises(BusinessFileError) as refused:
        business(changed(twice))
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file"),
        ("closures: [", "is not YAML"),
        ("- 1\n- 2\n", "the file"),
        ("closures: []\nclosures: []\n", "line 2: closures stands twice"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, words: str, write: Write) -> None:
    file = write(text)
    with pytest.raises(BusinessFileError, match=words) as refused:
        business(file)
    assert str(file) in str(refused.value)


def test_a_file_that_is_missing_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BusinessFileError, match="cannot be read"):
        business(tmp_path / "missing.yml")
    (tmp_path / "binary.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BusinessFileError, match="cannot be read"):
        business(tmp_path / "binary.yml")


def test_yaml_s_anchors_and_merges_can_be_used(write: Write) -> None:
    text = FILE.read_text(encoding="utf-8").replace(
        "  ALLU表参道店:\n    hours: *allu",
        '  ALLU表参道店:\n    hours:\n      <<: *allu\n      sunday: "12:00-18:00"',
    )
    shop = business(write(text))
    sunday = date(2026, 11, 22)
    [span] = shop.stores["ALLU表参道店"].hours.on(sunday, shop.calendar)
    assert (span.opens.hour, span.closes.hour) == (12, 18)
