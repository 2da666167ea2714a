/** The round button on the shop's page. */

import { h, icons } from "../../shared/dom";
import { type State, unread } from "../state";
import { strings } from "../strings.ja";

export class Launcher {
  private readonly badge = h("span", { class: "badge", hidden: true });
  readonly element: HTMLButtonElement;

  constructor(label: string, open: () => void) {
    this.element = h(
      "button",
      {
        type: "button",
        class: "launcher",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        onclick: open,
      },
      icons.chat(),
      h("span", { class: "launcher-label" }, label),
      this.badge,
    );
  }

  update(state: State): void {
    const count = unread(state);
    this.element.hidden = state.open;
    this.element.setAttribute("aria-expanded", String(state.open));
    this.badge.hidden = count === 0;
    if (count > 0)
      this.badge.replaceChildren(
        String(Math.min(count, 99)),
        h("span", { class: "vh" }, strings.launcherNew(count)),
      );
  }
}
