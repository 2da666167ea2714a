/** Says new things aloud: a live region of its own, so history and redrawing stay silent. */

import { h } from "../../shared/dom";
import type { State } from "../state";
import { strings } from "../strings.ja";
import type { Message } from "../types";

const FORGET = 10_000;

export class Announcer {
  readonly element = h("div", {
    class: "vh",
    role: "log",
    "aria-live": "polite",
    "aria-relevant": "additions",
  });
  private network: State["network"] = "online";
  private readonly failed = new Set<string>();

  messages(list: readonly Message[], state: State): void {
    if (!state.open) return;
    for (const message of list) {
      const agent = message.agentName ?? state.owner.agent ?? strings.speaker.agent;
      const speaker = message.from === "agent" ? agent : strings.speaker[message.from];
      const choices = message.choices.map((choice) => choice.title).join("、");
      const files = message.files.map((file) => file.name ?? strings.file.kinds[file.kind] ?? "");
      const text = [message.text, ...files, message.card?.title, message.card?.state?.label, choices]
        .filter(Boolean)
        .join("\n");
      this.say(strings.announce(speaker, text));
    }
  }

  update(state: State): void {
    if (state.network !== this.network) {
      this.network = state.network;
      if (state.network !== "online") this.say(strings[state.network]);
    }
    const failed = state.pending.filter((item) => item.status === "failed");
    for (const item of failed)
      if (!this.failed.has(item.clientId) && item.error && !item.blocked) this.say(item.error);
    this.failed.clear();
    for (const item of failed) this.failed.add(item.clientId);
  }

  private say(text: string): void {
    const line = h("p", {}, text);
    this.element.append(line);
    setTimeout(() => line.remove(), FORGET);
  }
}
