"""The command for LINE's figures and menu, against the platform's stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from madoguchi.commands.line import set_rich_menu, show_status
from madoguchi.settings import Settings, SettingsError
from tests.line_platform import faults
from tests.line_platform.fake import FakeLine


def _settings(line: FakeLine, folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite+aiosqlite:///{folder / 'madoguchi.db'}",
        line_api_url=line.url,
        line_data_url=line.data_url,
    )


async def test_the_month_s_figures_are_shown(tmp_path: Path) -> None:
    async with FakeLine(quota=200) as line:
        assert "0 of 200 messages are used" in await show_status(_settings(line, tmp_path))


async def test_a_plan_without_a_limit_is_named(tmp_path: Path) -> None:
    async with FakeLine(quota=None) as line:
        assert "0 of any number" in await show_status(_settings(line, tmp_path))


async def test_figures_that_cannot_be_had_are_no_reason_to_fail(tmp_path: Path) -> None:
    async with FakeLine() as line:
        line.fail("quota", faults.server_error())
        assert "does not tell" in await show_status(_settings(line, tmp_path))


async def test_the_menu_is_set_and_setting_it_again_changes_nothing(tmp_path: Path) -> None:
    async with FakeLine() as line:
        settings = _settings(line, tmp_path)
        assert await set_rich_menu(settings)
        await set_rich_menu(settings)
        assert len(line.calls("rich_menu_create")) == 1


async def test_a_menu_that_line_refuses_says_what_to_check(tmp_path: Path) -> None:
    async with FakeLine() as line:
        line.fail("rich_menu_list", faults.unauthorized(), times=None)
        line.fail("rich_menu_create", faults.unauthorized(), times=None)
        with pytest.raises(SettingsError, match="MADOGUCHI_LINE_ACCESS_TOKEN"):
            await set_rich_menu(_settings(line, tmp_path))


async def test_a_refused_token_is_named_with_the_figures(tmp_path: Path) -> None:
    async with FakeLine() as line:
        line.fail("quota", faults.unauthorized())
        assert "check MADOGUCHI_LINE_ACCESS_TOKEN" in await show_status(_settings(line, tmp_path))


async def test_a_token_is_not_blamed_for_a_fault_of_line(tmp_path: Path) -> None:
    async with FakeLine() as line:
        line.fail("rich_menu_list", faults.server_error(), times=None)
        with pytest.raises(SettingsError) as refused:
            await set_rich_menu(_settings(line, tmp_path))
        assert "ACCESS_TOKEN" not in str(refused.value)


async def test_without_line_the_operator_is_told_what_to_set(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'madoguchi.db'}")
    with pytest.raises(SettingsError, match="MADOGUCHI_LINE_CHANNEL_SECRET"):
        await show_status(settings)
