/** Which lists a chat belongs to, in which order, and what a change of one chat does to them. */

import type { View } from "./api";
import type { ChatList, ListName, State } from "./state";
import type { ChatSummary } from "./types";

const time = (at: string | null | undefined): number => Date.parse(at ?? "") || 0;

function snoozed(chat: ChatSummary, now: number): boolean {
  return time(chat.snoozedUntil) > now;
}

/** Whether a chat belongs to a list; null: only if it is there already (what the bot has, found by the service). */
export function belongs(view: View, chat: ChatSummary, me: string | null, now: number): boolean | null {
  switch (view) {
    case "queue":
      return chat.owner === "queue" && !snoozed(chat, now);
    case "mine":
      return chat.owner === "agent" && chat.agent?.id === me && !snoozed(chat, now);
    case "open":
      if (chat.owner === "closed") return false;
      return chat.owner === "bot" ? null : true;
    case "snoozed":
      return chat.owner !== "closed" && snoozed(chat, now);
    case "closed":
      return chat.owner === "closed";
  }
}

/** The longest wait first where people wait, else the latest first. */
function before(view: View, a: ChatSummary, b: ChatSummary): number {
  if (view === "queue") return time(a.waitingSince) - time(b.waitingSince) || (a.id < b.id ? -1 : 1);
  if (view === "snoozed") return time(a.snoozedUntil) - time(b.snoozedUntil) || (a.id < b.id ? -1 : 1);
  return time(b.last?.at) - time(a.last?.at) || (a.id < b.id ? -1 : 1);
}

/** A list after a chat changed. One that sorts behind what is loaded of a longer list stays out of it. */
export function withChat(
  list: ChatList,
  view: View,
  chat: ChatSummary,
  me: string | null,
  now: number,
  tag: string | null = null,
): ChatList {
  if (!list.loaded) return list;
  const at = list.chats.findIndex((each) => each.id === chat.id);
  const tagged = tag === null || chat.tags.includes(tag);
  const member = tagged && (belongs(view, chat, me, now) ?? at >= 0);
  if (!member && at < 0) return list;
  const others = at < 0 ? [...list.chats] : list.chats.filter((each) => each.id !== chat.id);
  if (!member) return { ...list, chats: others };
  let place = others.findIndex((each) => before(view, chat, each) < 0);
  if (place < 0) place = others.length;
  if (place === others.length && list.next !== null && at < 0) return list;
  others.splice(place, 0, chat);
  return { ...list, chats: others };
}

/** All lists after a chat changed; search results are only brought up to date. */
export function withChange(state: State, chat: ChatSummary): Record<ListName, ChatList> {
  const lists = { ...state.lists };
  for (const view of ["queue", "mine", "open", "snoozed", "closed"] as const) {
    lists[view] = withChat(lists[view], view, chat, state.me?.id ?? null, state.now, state.tag);
  }
  if (lists.search.chats.some((each) => each.id === chat.id)) {
    const chats = lists.search.chats.map((each) =>
      each.id === chat.id ? { ...chat, snippet: each.snippet, inNote: each.inNote } : each,
    );
    lists.search = { ...lists.search, chats };
  }
  return lists;
}

/** All lists without a chat that the agent may not see any more. */
export function without(state: State, id: string): Record<ListName, ChatList> {
  const lists = { ...state.lists };
  for (const [name, list] of Object.entries(lists) as [ListName, ChatList][]) {
    if (list.chats.some((chat) => chat.id === id))
      lists[name] = { ...list, chats: list.chats.filter((chat) => chat.id !== id) };
  }
  return lists;
}

/** A list after a page of it came: the first replaces what was there. */
export function withPage(
  list: ChatList,
  chats: readonly ChatSummary[],
  next: string | null,
  first: boolean,
): ChatList {
  const known = new Set(first ? [] : list.chats.map((chat) => chat.id));
  const more = chats.filter((chat) => !known.has(chat.id) && known.add(chat.id));
  return {
    chats: first ? more : [...list.chats, ...more],
    next,
    loaded: true,
    loading: false,
    failed: false,
  };
}

/** The row after or before another; the first when there is none. */
export function neighbour(list: ChatList, id: string | null, step: 1 | -1): string | null {
  const { chats } = list;
  const at = chats.findIndex((chat) => chat.id === id);
  if (at < 0) return chats[0]?.id ?? null;
  return chats[Math.min(Math.max(at + step, 0), chats.length - 1)]?.id ?? null;
}
