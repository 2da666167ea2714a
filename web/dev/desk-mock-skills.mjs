/** The mock desk: a customer's order and rental, with verdicts, and deeds on them. */
import { Refusal } from "./desk-mock-chats.mjs";

const LABELS = { yes: "できます", inquiry: "お問い合わせで承ります", no: "できません", told: "ご案内" };

const verdict = (act, title, ruling, reason, more = {}) => ({
  act,
  title,
  ruling,
  label: LABELS[ruling],
  allowed: ruling === "yes" || ruling === "inquiry",
  reason,
  until: null,
  sentence: null,
  ...more,
});

const card = (title, label, rows) => ({
  title,
  state: { label, tone: "good" },
  rows: rows.map(([name, value]) => ({ label: name, value })),
  links: [],
});

export const order = (number = "A-20261103-0042", more = {}) => ({
  kind: "order",
  number,
  proven: "proof",
  card: card("レザー トートバッグ", "お支払い・審査待ち", [
    ["注文番号", number],
    ["金額", "248,000円"],
  ]),
  verdicts: [
    verdict("order_status", "注文の状況", "told", "ご入金を待っています。", {
      sentence: "ご入金を待っています。\nご入金の確認後、発送の準備に入ります。",
    }),
    verdict("order_cancel", "キャンセル", "yes", "このご注文は、いまキャンセルできます。"),
    verdict("return_eligibility", "返品", "no", "お支払い方法が銀行振込のため、返品サービスの対象外です。", {
      sentence: "申し訳ありません、このご注文は返品サービスの対象外です。",
    }),
    verdict("receipt", "領収書", "inquiry", "このご注文の領収書は、郵送でお送りできます。"),
  ],
  ...more,
});

export const rental = (number = "R-000123", more = {}) => ({
  kind: "rental",
  number,
  proven: "member",
  card: card("NORDHALE オートマティック 40 ネイビー", "ご利用中", [["レンタル番号", number]]),
  verdicts: [
    verdict("rental_return", "返却・解約", "yes", "返却・解約を申し込めます。", {
      until: "12月16日(水)必着",
    }),
    verdict("rental_loss_report", "紛失・盗難の届け出", "yes", "届け出を承れます。"),
  ],
  ...more,
});

const DAYS = [{ day: "2026-12-10", label: "12月10日(木)", times: ["13:00〜14:00", "14:00〜15:00"] }];
const GROUPS = ["orders", "rentals", "visits", "products"];

function proof(mock, chat, { number, contact }) {
  if (contact !== "09012345678")
    throw new Refusal(422, "contact_wrong", {
      detail: "番号とご登録の連絡先の組み合わせを確認できませんでした。",
    });
  for (const thing of [...Object.values(chat.things ?? {}).flat(), ...mock.things])
    if (thing.number === number) thing.proven = "proof";
  return { number, proven: true };
}

/** Returns the answer, null when the request is about something else. */
export function skillRequest(mock, agent, method, url, body, headers) {
  const [id, rest, act] = url.pathname.split("/").map(decodeURIComponent).slice(4);
  if (rest === "proofs") return proof(mock, mock.chats.get(id), body);
  if (rest !== "skills" && rest !== "slots" && !GROUPS.includes(rest)) return null;
  const chat = mock.chats.get(id);
  if (!chat) throw new Refusal(404, "chat_unknown");
  if (mock.systemsAway)
    throw new Refusal(503, "system_away", { detail: "注文・レンタルのシステムにつながりません。" });
  if (rest === "slots") return { store: url.searchParams.get("store"), days: DAYS };
  if (rest !== "skills") {
    const number = url.searchParams.get("number");
    const own = chat.things?.[rest] ?? [];
    if (number === null) return { level: "order", more: 0, things: own };
    const found = [...own, ...(mock.things ?? [])].filter((each) => each.number === number.trim());
    return { level: "order", more: 0, things: found };
  }
  if (method !== "POST") throw new Refusal(405, "method_not_allowed");
  if (chat.owner !== "agent" || chat.agent?.id !== agent.id) throw new Refusal(409, "nobody_s");
  const key = headers["idempotency-key"];
  mock.deeds.push({ act, key, body, chat: id });
  if (mock.failDeeds > 0) {
    mock.failDeeds -= 1;
    throw new Refusal(503, "change_unknown", {
      detail:
        "システムにつながらず、手続きが完了したか確認できませんでした。もう一度同じ操作をしても、二重には行われません。",
    });
  }
  const things = Object.values(chat.things ?? {}).flat();
  const thing = things.find((each) => each.number === body.subject);
  const known = thing?.verdicts.find((each) => each.act === act);
  if (known?.ruling === "no") throw new Refusal(409, "rule_refused", { detail: known.reason });
  if (known)
    Object.assign(known, verdict(act, known.title, "no", "この手続きは済んでいます。"), { sentence: null });
  return { act, said: `${act}.done`, text: "ご注文をキャンセルしました。\nお取り引きは、これで終わりです。" };
}

export const storeNames = () => ({ stores: ["ALLU銀座店", "ALLU表参道店"] });
