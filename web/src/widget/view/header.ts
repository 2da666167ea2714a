/** The top of the panel: the shop, who answers, how things stand; and one calm line about the network. */

import { h, icons } from "../../shared/dom";
import type { State } from "../state";
import { strings } from "../strings.ja";

export class Header {
  private readonly who = h("span", { class: "who" });
  private readonly standing = h("span", { class: "standing" });
  private readonly avatar = h("span", { class: "avatar", "aria-hidden": "true" });
  readonly element: HTMLElement;
  readonly network = h("p", { class: "network", hidden: true });
  private face = "";

  constructor(
    shop: string,
    private readonly hours: string | null,
    close: () => void,
    menu: HTMLElement,
  ) {
    this.element = h(
      "div",
      { class: "header" },
      this.avatar,
      h(
        "div",
        { class: "titles" },
        h("h2", { class: "shop" }, shop),
        h("p", { class: "sub" }, this.who, this.standing),
      ),
      menu,
      h(
        "button",
        { type: "button", class: "close", "aria-label": strings.close, onclick: close },
        icons.close(),
      ),
    );
  }

  update(state: State): void {
    const { owner, agent, waiting } = state.owner;
    const who = owner === "agent" ? strings.who.agent(agent) : strings.who[owner];
    const standing =
      owner === "bot"
        ? strings.state.bot(this.hours)
        : owner === "queue"
          ? strings.state.queue(waiting)
          : strings.state[owner];
    if (this.who.textContent !== who) this.who.textContent = who;
    if (this.standing.textContent !== standing) this.standing.textContent = standing;
    this.element.dataset.owner = owner;
    const face = owner === "agent" ? (agent?.trim()[0] ?? "person") : "chat";
    if (face !== this.face) {
      this.face = face;
      this.avatar.replaceChildren(face === "chat" ? icons.chat() : face === "person" ? icons.person() : face);
    }
    this.network.hidden = state.network === "online";
    if (state.network !== "online") this.network.textContent = strings[state.network];
  }
}
