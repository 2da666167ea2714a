"""The rich menus that the bot has made: their pictures, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.line_platform import ids
from tests.line_platform.errors import (
    NO_DEFAULT_RICH_MENU,
    NOT_FOUND,
    RICH_MENU_HAS_IMAGE,
    RICH_MENU_IMAGE_SIZE,
    RICH_MENU_NEEDS_IMAGE,
    USER_HAS_NO_RICH_MENU,
    LineError,
)
from tests.line_platform.validation.richmenus import check_rich_menu, image_is_allowed


@dataclass
class RichMenu:
    """One menu and its picture, which can be given once."""

    id: str
    content: dict[str, Any]
    picture: bytes | None = None
    picture_type: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the menu as LINE answers it."""
        return {"richMenuId": self.id, **self.content}


@dataclass
class RichMenus:
    """All of them; every method that takes an id raises LineError (404) for an unknown one."""

    default_id: str | None = None
    _menus: dict[str, RichMenu] = field(default_factory=dict)
    _of_users: dict[str, str] = field(default_factory=dict)

    def create(self, content: dict[str, Any]) -> RichMenu:
        """Return a new menu. Raises LineError (400)."""
        check_rich_menu(content)
        menu = RichMenu(ids.rich_menu_id(), content)
        self._menus[menu.id] = menu
        return menu

    def get(self, menu_id: str) -> RichMenu:
        """Return a menu."""
        if menu_id not in self._menus:
            raise LineError(404, NOT_FOUND)
        return self._menus[menu_id]

    def all(self) -> list[RichMenu]:
        """Return every menu, in the order they were made."""
        return list(self._menus.values())

    def delete(self, menu_id: str) -> None:
        """Delete a menu; nobody sees it any more."""
        del self._menus[self.get(menu_id).id]
        if self.default_id == menu_id:
            self.default_id = None
        self._of_users = {user: menu for user, menu in self._of_users.items() if menu != menu_id}

    def upload(self, menu_id: str, picture: bytes, content_type: str) -> None:
        """Give a menu its picture. Raises LineError (400) for a second or an unfit one."""
        menu = self.get(menu_id)
        if menu.picture is not None:
            raise LineError(400, RICH_MENU_HAS_IMAGE)
        if not image_is_allowed(picture):
            raise LineError(400, RICH_MENU_IMAGE_SIZE)
        menu.picture, menu.picture_type = picture, content_type

    def set_default(self, menu_id: str) -> None:
        """Show a menu to everybody. Raises LineError (400) when it has no picture."""
        self.default_id = self._with_picture(menu_id).id

    def default(self) -> str:
        """Return the id of the menu that everybody sees. Raises LineError (404)."""
        if self.default_id is None:
            raise LineError(404, NO_DEFAULT_RICH_MENU)
        return self.default_id

    def link(self, user: str, menu_id: str) -> None:
        """Show a menu to one user. Raises LineError (400) when it has no picture."""
        self._of_users[user] = self._with_picture(menu_id).id

    def unlink(self, user: str) -> None:
        """Show a user the default menu again."""
        self._of_users.pop(user, None)

    def of_user(self, user: str) -> str:
        """Return the id of the menu that is a user's own. Raises LineError (404)."""
        if user not in self._of_users:
            raise LineError(404, USER_HAS_NO_RICH_MENU)
        return self._of_users[user]

    def shown_to(self, user: str) -> RichMenu | None:
        """Return the menu that a user sees: their own, else the default one, else none."""
        menu_id = self._of_users.get(user, self.default_id)
        return None if menu_id is None else self._menus[menu_id]

    def _with_picture(self, menu_id: str) -> RichMenu:
        menu = self.get(menu_id)
        if menu.picture is None:
            raise LineError(400, RICH_MENU_NEEDS_IMAGE)
        return menu
