/** The reply box: who will see it and where, drafts for each chat, canned answers, nothing sent half-filled. */

import { LIMIT, length } from "../../shared/composer-text";
import { h } from "../../shared/dom";
import type { Asked } from "../canned";
import type { Desk } from "../desk";
import { type DraftKind, drafts } from "../drafts";
import { filled, nextPlace } from "../placeholders";
import { isMine, mayAct } from "../state";
import { strings } from "../strings.ja";
import type { Canned } from "../types";
import { Attach } from "./attach";
import { CannedList } from "./cannedlist";

const words = strings.composer;

export class Composer {
  private mode: Extract<DraftKind, "reply" | "note"> = "reply";
  private chat: string | null = null;
  /** The chat that was shown last, also while its text is drawn anew. */
  private before: string | null = null;
  readonly field = h("textarea", {
    rows: 2,
    class: "reply",
    "aria-controls": "canned",
    "aria-autocomplete": "list",
    "aria-describedby": "composer-to",
    oninput: () => this.changed(),
    onkeydown: (event: KeyboardEvent) => this.key(event),
  });
  private readonly canned = new CannedList(
    this.field,
    () => ({
      canned: this.mode === "reply" ? this.desk.store.state.canned : [],
      site: this.desk.store.state.open?.chat?.summary.site ?? null,
    }),
    (canned, place) => this.insertCanned(canned, place),
  );
  private readonly attach = new Attach(
    () => this.desk,
    (problem) => {
      this.problem.textContent = problem;
    },
  );
  private readonly to = h("p", { class: "to", id: "composer-to" });
  private readonly problem = h("p", { class: "error", role: "alert" });
  private readonly send = h("button", { type: "submit", class: "button primary" }, words.send);
  private readonly modes = (["reply", "note"] as const).map((mode) =>
    h(
      "button",
      { type: "button", onclick: () => this.write(mode), "aria-keyshortcuts": mode === "reply" ? "r" : "n" },
      mode === "reply" ? words.label : words.noteLabel,
    ),
  );
  readonly element = h(
    "form",
    {
      class: "composer",
      onsubmit: (event: Event) => {
        event.preventDefault();
        this.submit();
      },
    },
    h("div", { class: "modes", role: "group", "aria-label": words.modes }, ...this.modes),
    this.canned.element,
    this.field,
    this.attach.element,
    this.problem,
    h(
      "div",
      { class: "composer-foot" },
      this.attach.button,
      this.to,
      h("span", { class: "hint keys-hint" }, words.keys),
      this.send,
    ),
  );

  constructor(private readonly desk: Desk) {
    this.attach.listen(this.element);
    desk.store.subscribe(() => this.look());
    this.look();
  }

  /** Goes to the box, for an answer or a note. */
  write(mode: "reply" | "note"): void {
    this.keep();
    this.mode = mode;
    this.chat = null;
    this.look();
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  /** Puts a text into the reply, after what is there, and goes to the first place to fill in. */
  insert(text: string): void {
    this.write("reply");
    const before = this.field.value.trim() ? `${this.field.value.trimEnd()}\n` : "";
    this.set(before + text);
    this.toPlace(before.length) ||
      this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  /** Sends a text beside what is being written; one with places to fill in is put into the box. */
  sendNow(text: string): void {
    const { open } = this.desk.store.state;
    if (!open?.chat || !isMine(this.desk.store.state, open.chat.summary)) return;
    if (nextPlace(text)) this.insert(text);
    else this.desk.sending.add(open.id, text);
  }

  /** A text that could not be sent is back in the draft. */
  returned(chat: string, text: string, place: boolean): void {
    if (this.chat !== chat || this.mode !== "reply") return;
    this.set(text);
    if (place) this.refusePlace();
  }

  private look(): void {
    const { open, me } = this.desk.store.state;
    const summary = open?.chat?.summary ?? null;
    this.element.hidden = !summary || !mayAct(me);
    if (!summary) {
      this.keep();
      this.chat = null;
      return;
    }
    if (summary.id !== this.chat) {
      this.keep();
      this.chat = summary.id;
      // whoever noted something in one chat answers in the next
      if (this.before !== summary.id) this.mode = this.onlyNoted(summary.id) ? "note" : "reply";
      this.before = summary.id;
      this.problem.textContent = "";
      this.canned.close();
      this.field.value = drafts.get(this.mode, summary.id);
      this.grow();
    }
    const note = this.mode === "note";
    const mine = isMine(this.desk.store.state, summary);
    this.element.classList.toggle("note-mode", note);
    this.modes.forEach((each, i) => {
      each.setAttribute("aria-pressed", String((i === 1) === note));
    });
    this.field.setAttribute("aria-label", note ? words.noteLabel : words.label);
    this.field.placeholder = note ? words.noteTo : words.placeholder;
    const to = note ? words.noteTo : mine ? words.to(summary.channel) : this.whyNot();
    if (this.to.textContent !== to) this.to.textContent = to;
    this.send.textContent = note ? words.sendNote : words.send;
    this.attach.look(summary.id, !note);
    this.send.disabled = !this.sendable() || (!note && !mine);
  }

  /** A note was begun in the chat, and no answer. */
  private onlyNoted(chat: string): boolean {
    return drafts.get("note", chat).trim() !== "" && drafts.get("reply", chat).trim() === "";
  }

  private whyNot(): string {
    const summary = this.desk.store.state.open?.chat?.summary;
    if (summary?.owner === "closed") return words.closed;
    return summary?.owner === "agent" && summary.agent ? words.taken(summary.agent.name) : words.take;
  }

  private sendable(): boolean {
    const used = length(this.field.value.trim());
    const held = this.mode === "reply" ? this.desk.attaching.of(this.chat).length : 0;
    if (held > 0 && !this.desk.attaching.ready(this.chat ?? "")) return false;
    return (used > 0 || held > 0) && used <= LIMIT;
  }

  private set(text: string): void {
    this.field.value = text;
    this.changed();
  }

  private changed(): void {
    this.keep();
    const over = length(this.field.value.trim()) - LIMIT;
    this.problem.textContent = over > 0 ? words.over(over) : "";
    this.canned.look();
    this.grow();
    this.look();
    if (!this.field.value.trim()) return;
    this.desk.looking.writes();
    if (this.mode === "reply") this.desk.chats.types();
  }

  private keep(): void {
    if (this.chat) drafts.set(this.mode, this.chat, this.field.value);
  }

  private key(event: KeyboardEvent): void {
    if (this.canned.key(event)) event.preventDefault();
    else if (
      event.key === "Enter" &&
      (event.ctrlKey || event.metaKey) &&
      !event.isComposing &&
      event.keyCode !== 229
    ) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && !event.isComposing) this.field.blur();
    else if (event.key === "Tab" && !event.shiftKey && this.toPlace(this.field.selectionEnd, false)) {
      event.preventDefault();
    }
  }

  private submit(): void {
    const { chat } = this;
    if (!chat || this.send.disabled) return;
    const text = this.field.value.trim();
    if (this.mode === "note") {
      this.send.disabled = true;
      void this.desk.chats.note(chat, text).then((done) => {
        if (done && drafts.get("note", chat).trim() === text) drafts.set("note", chat, "");
        if (this.chat === chat && this.mode === "note") this.set(drafts.get("note", chat));
      });
      return;
    }
    if (nextPlace(text)) {
      this.refusePlace();
      return;
    }
    this.set("");
    this.desk.sending.add(chat, text, this.desk.attaching.take(chat));
    this.field.focus({ preventScroll: true });
  }

  private refusePlace(): void {
    const place = nextPlace(this.field.value);
    this.problem.textContent = words.place(place?.name ?? "");
    this.toPlace(0);
  }

  /** Selects the next open place; false when there is none (`wrap` begins again at the top). */
  private toPlace(from: number, wrap = true): boolean {
    const place = nextPlace(this.field.value, from);
    if (!place || (!wrap && place.start < from)) return false;
    this.field.focus();
    this.field.setSelectionRange(place.start, place.end);
    return true;
  }

  private insertCanned(canned: Canned, place: Asked): void {
    const { open, me } = this.desk.store.state;
    const name = open?.chat?.summary.customer.name ?? null;
    const text = filled(canned.text, { お客様名: name, お名前: name, 担当者名: me?.name ?? null });
    const { value } = this.field;
    this.set(value.slice(0, place.start) + text + value.slice(place.end));
    const end = place.start + text.length;
    if (!this.toPlace(place.start)) this.field.setSelectionRange(end, end);
  }

  private grow(): void {
    this.field.style.setProperty("height", "auto");
    if (this.field.scrollHeight > 0)
      this.field.style.setProperty("height", `${Math.min(this.field.scrollHeight + 2, 280)}px`);
  }
}
