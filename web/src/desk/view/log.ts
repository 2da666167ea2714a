/** The transcript: stays at its end while the agent does, never jumps while they read above. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { strings } from "../strings.ja";
import { type Row, rowsOf } from "../transcript";
import { mergedView } from "./merge";
import { type RowActions, rowView } from "./message";
import { button, draw, KeyedList } from "./region";

const NEAR = 80;

export function logView(desk: Desk, edit: (text: string) => void): HTMLElement {
  const { store } = desk;
  const list = h("ol", { class: "log" });
  const typing = h("p", { class: "typing", role: "status" });
  const jump = button(strings.chat.jump, () => toEnd(), { class: "button jump" });
  const scroller = h(
    "div",
    { class: "log-scroller", tabindex: 0, role: "log", "aria-label": strings.chat.label, "aria-live": "off" },
    list,
    typing,
  );
  const older = button(strings.chat.older, () => void desk.chats.older(), { class: "button small older" });
  const merged = h("div", { class: "merged-chats" });
  const rowActions = (): RowActions => ({
    resend: (delivery) => void desk.chats.resend(store.state.open?.id ?? "", delivery),
    retry: (key) => desk.sending.retry(key),
    edit: (key) => {
      desk.attaching.giveBack(store.state.open?.id ?? "", desk.sending.filesOf(key));
      edit(desk.sending.remove(key));
    },
  });
  draw(
    store,
    merged,
    (state) => [state.open?.id, JSON.stringify(state.open?.chat?.merged ?? [])],
    ({ open }) =>
      (open?.chat?.merged ?? []).map((each) => mergedView(desk, open?.id ?? "", each, rowActions())),
  );
  scroller.prepend(merged, older);
  const keyed = new KeyedList(list);
  let shown: readonly unknown[] = [];
  let chatId: string | null = null;
  let firstShown = 1;
  let unsentShown = 0;

  const toEnd = (): void => scroller.scrollTo({ top: scroller.scrollHeight });
  const atEnd = (): boolean => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
  const showJump = (): void => {
    jump.hidden = atEnd();
  };
  scroller.addEventListener("scroll", showJump, { passive: true });
  // the reply box below grows and shrinks
  new ResizeObserver(() => {
    if (jump.hidden) toEnd();
  }).observe(scroller);

  function arrive(rows: readonly Row[]): void {
    const divider = rows.some((row) => row.key === "divider") ? keyed.get("divider") : null;
    if (divider) divider.scrollIntoView({ block: "center" });
    else toEnd();
  }

  const look = (): void => {
    const { open, unsent, now } = store.state;
    const types = (open?.typingUntil ?? 0) > Date.now();
    const typingText = types ? strings.chat.typing : "";
    if (typing.textContent !== typingText) typing.textContent = typingText;
    const day = Math.floor(now / 3600_000);
    const wanted = [open?.id, open?.chat?.messages, open?.chat?.notes, open?.divider, unsent, day];
    if (wanted.every((value, i) => value === shown[i]) && shown.length > 0) return;
    shown = wanted;
    const stays = open?.id === chatId && !atEnd();
    const first = open?.chat?.messages[0]?.seq ?? 1;
    older.hidden = first <= 1;
    const below = scroller.scrollHeight - scroller.scrollTop;
    const grewAbove = open?.id === chatId && first < firstShown;
    firstShown = first;
    const mine = unsent.filter((each) => each.chat === open?.id);
    // Who sends something wants to see it, wherever they were reading.
    const wrote = mine.length > unsentShown;
    unsentShown = mine.length;
    const rows = open?.chat ? rowsOf(open.chat, mine, open.divider, new Date(now)) : [];
    keyed.show(
      rows.map((row) => ({
        key: row.key,
        signature: JSON.stringify(row),
        make: () => rowView(row, rowActions()),
      })),
    );
    if (open?.chat && open.id !== chatId) {
      chatId = open.id;
      arrive(rows);
    } else if (grewAbove) scroller.scrollTop = scroller.scrollHeight - below;
    else if (wrote || !stays) toEnd();
    if (!open) chatId = null;
    showJump();
  };
  store.subscribe(look);
  return h("div", { class: "log-frame" }, scroller, jump);
}
