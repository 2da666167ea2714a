/** The mock desk: agents, canned answers and one's own account. */
import { randomUUID } from "node:crypto";
import { Refusal } from "./desk-mock-chats.mjs";
import { CODE } from "./desk-mock-data.mjs";

export const open = ({ password: _, ...agent }) => agent;

/** An agent as colleagues see one, with how many chats there are. */
export function shown(mock, agent) {
  const chats = [...mock.chats.values()].filter(
    (chat) => chat.owner === "agent" && chat.agent?.id === agent.id,
  ).length;
  return { ...open(agent), chats };
}

export const presenceOf = (mock) => ({
  agents: mock.agents.map((agent) => {
    const { id, name, presence, chats, capacity } = shown(mock, agent);
    return { id, name, presence, chats, capacity };
  }),
});

function allowed(agent, action) {
  if (!agent.actions.includes(action))
    throw new Refusal(403, "not_allowed", {
      detail: "この操作をする権限がありません。必要な場合は管理者にご相談ください。",
    });
}

function checked(body) {
  if (body.name !== undefined && !body.name.trim())
    throw new Refusal(422, "agent_name", { detail: "名前を80文字までで入力してください。" });
  if (body.capacity !== undefined && !(body.capacity >= 1 && body.capacity <= 50))
    throw new Refusal(422, "agent_capacity", {
      detail: "同時に対応できる件数は、1から50までで入力してください。",
    });
}

const ROLES = { agent: [], lead: ["read_all", "assign", "write_canned"] };
ROLES.admin = [...ROLES.lead, "read_agents", "manage_agents"];

export function agentRequest(mock, me, method, id, rest, body) {
  if (method === "GET") return { agents: mock.agents.map((agent) => shown(mock, agent)) };
  allowed(me, "manage_agents");
  if (method === "POST" && !id) {
    checked(body);
    if (mock.agents.some((each) => each.login === body.login))
      throw new Refusal(409, "login_taken", { detail: "このログイン名はすでに使われています。" });
    const made = body.password ? null : "made-up-secret";
    mock.agents.push({
      ...body,
      id: randomUUID(),
      password: body.password ?? made,
      actions: ["read", "work", ...(ROLES[body.role] ?? [])],
      presence: "offline",
      totp: false,
      locked_until: null,
    });
    return { agent: shown(mock, mock.agents.at(-1)), password: made };
  }
  const agent = mock.agents.find((each) => each.id === id);
  if (!agent) throw new Refusal(404, "agent_unknown");
  if (method === "DELETE") {
    mock.agents = mock.agents.filter((each) => each !== agent);
    return {};
  }
  if (rest === "reset") {
    Object.assign(agent, { password: "made-up-secret", totp: false, locked_until: null });
    return { agent: shown(mock, agent), password: agent.password };
  }
  const { unlock, reset_totp: resetTotp, ...changes } = body;
  checked(changes);
  Object.assign(agent, changes, unlock && { locked_until: null }, resetTotp && { totp: false });
  return { agent: shown(mock, agent) };
}

export function cannedRequest(mock, me, method, id, body) {
  if (method === "GET") return { canned: mock.canned };
  allowed(me, "write_canned");
  if (method === "DELETE") {
    mock.canned = mock.canned.filter((each) => String(each.id) !== id);
    return {};
  }
  if (mock.canned.some((each) => String(each.id) !== id && each.shortcut === body.shortcut))
    throw new Refusal(409, "shortcut_taken", { detail: "この呼び出し名はすでに使われています。" });
  if (method === "PUT") {
    const canned = mock.canned.find((each) => String(each.id) === id);
    return { canned: Object.assign(canned, body) };
  }
  mock.canned.push({ ...body, id: Math.max(0, ...mock.canned.map((each) => each.id)) + 1 });
  return { canned: mock.canned.at(-1) };
}

const QR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h3v3H1zM5 1h3v3H5zM1 5h3v3H1zM6 6h1v2H6z"/></svg>';

/** The second factor; a string is a picture. */
export function totpRequest(me, id, body) {
  if (id === "qr") return QR;
  const wrong = body.code !== CODE;
  if (id === "confirm") {
    if (wrong) throw new Refusal(422, "code_wrong", { detail: "確認コードが正しくありません。" });
    me.totp = true;
    return {};
  }
  if (id === "off") {
    if (wrong || body.password !== me.password)
      throw new Refusal(403, "password_wrong", { detail: "パスワードか確認コードが正しくありません。" });
    me.totp = false;
    return {};
  }
  return { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/x" };
}

export function passwordRequest(mock, me, body) {
  if (body.current !== me.password)
    throw new Refusal(403, "password_wrong", { detail: "現在のパスワードが正しくありません。" });
  me.password = body.new;
  for (const [token, each] of mock.sessions) if (each.agent === me) mock.sessions.delete(token);
  return {};
}
