/** Colleagues: who is there, who can take one more chat, and the requests of the agents' page. */

import type { DeskApi } from "./api";
import { isObject } from "./read";
import type { Agent, AgentForm, Presence } from "./types";

const ORDER: Record<Presence, number> = { online: 0, away: 1, offline: 2 };

/** Whether an agent has as many chats as they may have at once. */
export const isFull = (agent: Agent): boolean =>
  agent.chats !== null && agent.capacity !== null && agent.chats >= agent.capacity;

/** Who is there first; among those who has the fewest chats. */
export function byPresence(agents: readonly Agent[]): Agent[] {
  const free = (agent: Agent): number => (isFull(agent) ? 1 : 0);
  return [...agents].sort(
    (a, b) =>
      ORDER[a.presence] - ORDER[b.presence] ||
      free(a) - free(b) ||
      (a.chats ?? 0) - (b.chats ?? 0) ||
      a.name.localeCompare(b.name, "ja"),
  );
}

const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** Those whose name or sign-in name has the words in it. */
export function named(agents: readonly Agent[], words: string): Agent[] {
  const wanted = plain(words);
  return agents.filter((each) => plain(each.name).includes(wanted) || plain(each.login).includes(wanted));
}

/** Those who can be given a chat: at the desk, no auditor, not the one who has it. */
export function receivers(agents: readonly Agent[], except: string | null): Agent[] {
  const able = agents.filter(
    (each) => each.id !== except && each.role !== "auditor" && each.presence !== "offline",
  );
  return byPresence(able);
}

/** A password that was made up is in the answer, this once. */
function madePassword(body: unknown): string | null {
  const password = isObject(body) ? body.password : null;
  return typeof password === "string" && password ? password : null;
}

const one = (id: string, rest = ""): string => `/agents/${encodeURIComponent(id)}${rest}`;

/** The requests about agents; only admins are allowed them. */
export const agentRequests = {
  async add(api: DeskApi, form: AgentForm, password: string): Promise<string | null> {
    return madePassword(await api.call("POST", "/agents", password ? { ...form, password } : form));
  },
  async change(api: DeskApi, id: string, form: AgentForm): Promise<void> {
    await api.call("PATCH", one(id), form);
  },
  async reset(api: DeskApi, id: string): Promise<string | null> {
    return madePassword(await api.call("POST", one(id, "/reset"), {}));
  },
  async unlock(api: DeskApi, id: string): Promise<void> {
    await api.call("PATCH", one(id), { unlock: true });
  },
  async resetTotp(api: DeskApi, id: string): Promise<void> {
    await api.call("PATCH", one(id), { reset_totp: true });
  },
  async remove(api: DeskApi, id: string): Promise<void> {
    await api.call("DELETE", one(id));
  },
};
