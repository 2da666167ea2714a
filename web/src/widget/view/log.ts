/** The list of messages: kept in step with the state row by row, and where it is scrolled to. */

import { h, icons } from "../../shared/dom";
import type { State } from "../state";
import { strings } from "../strings.ja";
import { type RowActions, rowView } from "./message";
import { type Row, rows } from "./rows";

const NEAR = 48;
const TURN_MARGIN = 12;

export class Log {
  readonly list = h("div", { class: "list" });
  readonly scroller = h("div", { class: "log", role: "region", "aria-label": strings.logLabel }, this.list);
  private readonly jumpText = h("span");
  readonly jump = h(
    "button",
    { type: "button", class: "jump plain", hidden: true, onclick: () => this.toLatest(true) },
    icons.down(),
    this.jumpText,
  );
  private readonly shown = new Map<string, { element: HTMLElement; signature: string }>();
  /** Following the newest message, until the customer scrolls away. */
  private following = true;
  private placed = 0;
  private newBelow = 0;

  constructor(private readonly actions: RowActions) {
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.rove(event));
    const sizes = new ResizeObserver(() => this.follow());
    sizes.observe(this.scroller);
    sizes.observe(this.list);
  }

  get atBottom(): boolean {
    return this.following;
  }

  /** New messages came while the customer reads further up. */
  count(news: number): void {
    if (!this.following) this.newBelow += news;
  }

  update(state: State): void {
    const next = rows(state);
    const focusKey = this.focusedRow();
    const keys = new Set(next.map((row) => row.key));
    for (const [key, { element }] of this.shown) {
      if (keys.has(key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    const elements = next.map((row) => this.element(row));
    let before = this.list.firstElementChild;
    for (const element of elements) {
      if (element === before) before = before.nextElementSibling;
      else this.list.insertBefore(element, before);
    }
    this.list.setAttribute("aria-busy", String(state.phase === "starting"));
    this.keepFocus(focusKey);
    this.follow();
    this.showJump();
  }

  private element(row: Row): HTMLElement {
    const signature = JSON.stringify(row);
    const known = this.shown.get(row.key);
    if (known?.signature === signature) return known.element;
    const element = rowView(row, this.actions);
    element.dataset.key = row.key;
    if (known) known.element.replaceWith(element);
    this.shown.set(row.key, { element, signature });
    return element;
  }

  // --- focus: one bubble is a tab stop, the arrow keys move between them

  private bubbles(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(".bubble")];
  }

  private focused(): HTMLElement | null {
    const active = (this.list.getRootNode() as ShadowRoot | Document).activeElement;
    return active instanceof HTMLElement && this.list.contains(active) ? active : null;
  }

  private focusedRow(): string | null {
    return this.focused()?.closest<HTMLElement>("[data-key]")?.dataset.key ?? null;
  }

  private keepFocus(key: string | null): void {
    const bubbles = this.bubbles();
    const current = bubbles.find((bubble) => bubble.tabIndex === 0) ?? bubbles.at(-1);
    for (const bubble of bubbles) bubble.tabIndex = bubble === current ? 0 : -1;
    if (key === null || this.focused()) return;
    const row = this.shown.get(key)?.element;
    const target = row?.querySelector<HTMLElement>(".bubble") ?? current;
    target?.focus({ preventScroll: true });
  }

  private rove(event: KeyboardEvent): void {
    const bubbles = this.bubbles();
    const at = bubbles.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const steps: Record<string, number> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      Home: 0,
      End: bubbles.length - 1,
    };
    const target = bubbles[steps[event.key] ?? -1];
    if (!target) return;
    event.preventDefault();
    for (const bubble of bubbles) bubble.tabIndex = bubble === target ? 0 : -1;
    target.focus();
  }

  // --- scrolling

  private fromBottom(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  private scrolled(): void {
    const { scrollTop } = this.scroller;
    if (Math.abs(scrollTop - this.placed) > 2) this.following = this.fromBottom() < NEAR;
    if (this.fromBottom() < NEAR) this.newBelow = 0;
    this.showJump();
  }

  /** Down to the newest, but never past the beginning of the latest turn: long answers are read from the top. */
  private follow(): void {
    if (!this.following || this.scroller.clientHeight === 0) return;
    const bottom = this.scroller.scrollHeight - this.scroller.clientHeight;
    const turn = [...this.list.querySelectorAll<HTMLElement>(".message.customer, .message.agent")].at(-1);
    const top = turn ? turn.offsetTop - TURN_MARGIN : 0;
    this.place(Math.max(0, Math.min(bottom, top)));
  }

  private place(top: number): void {
    this.scroller.scrollTop = top;
    this.placed = this.scroller.scrollTop;
  }

  toLatest(focus = false): void {
    this.following = true;
    this.newBelow = 0;
    this.place(this.scroller.scrollHeight);
    this.showJump();
    if (focus) this.bubbles().at(-1)?.focus({ preventScroll: true });
  }

  /** The customer acts: show what happens. */
  resumeFollowing(): void {
    this.following = true;
    this.newBelow = 0;
    this.follow();
  }

  private showJump(): void {
    this.jump.hidden = this.scroller.clientHeight === 0 || this.fromBottom() < NEAR * 1.5;
    // With nothing new it is small and aside: what it covers can be chosen.
    this.jump.classList.toggle("plain", this.newBelow === 0);
    this.jumpText.className = this.newBelow > 0 ? "" : "vh";
    this.jumpText.textContent = this.newBelow > 0 ? strings.jumpNew(this.newBelow) : strings.jump;
  }
}
