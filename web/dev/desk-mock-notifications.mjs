/** The mock desk: what was told by e-mail and webhook. Everything is made up. */
import { Refusal } from "./desk-mock-chats.mjs";

const MAIL = { via: "email", code: null, detail: null, chat_id: null, ended_at: null };
export const NOTIFICATIONS = [
  {
    ...MAIL,
    id: 4,
    kind: "inquiry_reply",
    recipient: "hanako@example.com",
    state: "parked",
    attempts: 1,
    code: "refused_recipient",
    reason: "宛先のメールアドレスに届きません。アドレスをご確認ください。",
    created_at: "2026-11-20T10:12:00.000+09:00",
    ended_at: "2026-11-20T10:12:05.000+09:00",
  },
  {
    ...MAIL,
    id: 3,
    kind: "chat_waits",
    via: "webhook",
    recipient: null,
    state: "waiting",
    attempts: 3,
    code: "unreachable",
    reason: "相手のサーバーに接続できませんでした。",
    chat_id: "c1",
    created_at: "2026-11-20T09:30:00.000+09:00",
  },
  {
    ...MAIL,
    id: 2,
    kind: "inquiries_due",
    recipient: "desk@example.com",
    state: "sent",
    attempts: 1,
    reason: null,
    created_at: "2026-11-19T10:00:00.000+09:00",
    ended_at: "2026-11-19T10:00:01.000+09:00",
  },
];
const STUCK = ["parked", "waiting", "sending"];

export function notificationRequest(mock, me, method, id, wanted) {
  if (!me.actions.includes(method === "GET" ? "read_all" : "assign")) throw new Refusal(403, "not_allowed");
  if (method === "GET") {
    const states = wanted ? [wanted] : STUCK;
    return { notifications: mock.notifications.filter((each) => states.includes(each.state)) };
  }
  const told = mock.notifications.find((each) => String(each.id) === id && each.state === "parked");
  if (!told)
    throw new Refusal(409, "not_resendable", { detail: "この送信は、いま再送できる状態ではありません。" });
  Object.assign(told, { state: "waiting", attempts: 0, code: null, reason: null, ended_at: null });
  return {};
}
