// Draws the rich menu: its picture with what can be tapped on it.
import { control } from "./actions.js";
import { make } from "./dom.js";
import { STRINGS } from "./strings.ja.js";

export function drawMenu(menu, user) {
  const { width, height } = menu.size;
  const picture = make("img", { src: `/sandbox/richmenu/${menu.richMenuId}`, alt: "" });
  const areas = menu.areas.map(({ bounds, action }) => {
    const area = control(action, user, { className: "area" });
    area.style.left = `${(bounds.x / width) * 100}%`;
    area.style.top = `${(bounds.y / height) * 100}%`;
    area.style.width = `${(bounds.width / width) * 100}%`;
    area.style.height = `${(bounds.height / height) * 100}%`;
    return area;
  });
  const surface = make("div", { class: "surface" }, picture, ...areas);
  return make("details", { open: menu.selected }, make("summary", {}, STRINGS.menu(menu.chatBarText)), surface);
}
