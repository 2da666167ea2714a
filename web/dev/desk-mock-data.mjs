/** What the mock desk starts with: agents, chats, canned answers, inquiries. Everything is made up. */

export const CODE = "123456";

export const AGENTS = [
  {
    id: "a1",
    login: "mori",
    password: "demo-mori",
    name: "森 あかり",
    role: "agent",
    actions: ["read", "work"],
    presence: "online",
    capacity: 4,
    totp: false,
    email: null,
    locked_until: null,
  },
  {
    id: "a2",
    login: "hara",
    password: "demo-hara",
    name: "原 健太",
    role: "lead",
    actions: ["read", "work", "read_all", "assign", "write_canned"],
    presence: "online",
    capacity: 4,
    totp: false,
    email: null,
    locked_until: null,
  },
  {
    id: "a3",
    login: "kubo",
    password: "demo-kubo",
    name: "久保 直",
    role: "agent",
    actions: ["read", "work"],
    presence: "away",
    capacity: 4,
    totp: true,
  },
  {
    id: "a4",
    login: "ueda",
    password: "demo-ueda",
    name: "上田 監査",
    role: "auditor",
    actions: ["read", "read_all"],
    presence: "offline",
    capacity: 4,
    totp: false,
  },
  {
    id: "a5",
    login: "kanri",
    password: "demo-kanri",
    name: "管理 花",
    role: "admin",
    actions: ["read", "work", "read_all", "assign", "write_canned", "read_agents", "manage_agents"],
    presence: "online",
    capacity: 2,
    totp: false,
    email: "kanri@example.com",
  },
];

export const CANNED = [
  {
    id: 1,
    shortcut: "aisatsu",
    title: "はじめのあいさつ",
    text: "{{お客様名}}様、担当の{{担当者名}}です。",
    site: null,
  },
  {
    id: 2,
    shortcut: "henpin",
    title: "返品の期限",
    text: "返品のお申し込みは{{期限}}までです。商品は〔返送期限〕までにご返送ください。",
    site: null,
  },
  {
    id: 3,
    shortcut: "owari",
    title: "おわりのあいさつ",
    text: "ほかにご不明な点がありましたら、お知らせください。",
    site: null,
  },
];

export const CARD = {
  title: "レザー トートバッグ キャメル",
  state: { label: "発送済み", tone: "good" },
  rows: [
    { label: "注文番号", value: "A-20261118-0042" },
    { label: "発送日", value: "12月1日(火)" },
    { label: "返品の申込期限", value: "12月11日(金)まで", tone: "good" },
    { label: "キャンセル", value: "発送後のためできません", tone: "bad" },
  ],
  links: [{ title: "配送状況", url: "https://example.com/track/0042" }],
};

export function packetOf(chat) {
  return {
    goal: chat.goal ?? "",
    reason: chat.reason,
    identity: { level: chat.customer.verified, member_id: chat.customer.member_id, proven: ["注文番号"] },
    cards: [CARD],
    tried: [
      {
        text: "返品の条件をご案内しました。",
        topic: "store/return_conditions",
        title: "返品の条件",
        at: new Date().toISOString(),
      },
    ],
    mood: "unhappy",
    suggestions: [
      {
        topic: "store/return_deadline",
        title: "返品の期限",
        text: "発送日を含めて10日以内にお申し込みください。",
      },
    ],
  };
}

export const INQUIRIES = [
  {
    number: "Q-20261122-0001",
    topic: "other",
    topic_title: "修理について",
    name: "山田 花子",
    contact: "customer@example.com",
    subject: null,
    site: "store",
    state: "open",
    urgent: true,
    due_at: "2026-11-25T23:59:59+09:00",
    created_at: "2026-11-22T10:00:00.000+09:00",
    text: "時計の修理はできますか。",
    chat_id: "c1",
    history: [],
    ways: [
      { via: "chat", reaches: true, to: null },
      { via: "email", reaches: true, to: "customer@example.com" },
    ],
  },
  {
    number: "Q-20261118-0002",
    topic: "receipt",
    topic_title: "領収書",
    name: null,
    contact: "090-0000-0000",
    subject: "A-20261103-0042",
    site: "store",
    state: "working",
    urgent: false,
    due_at: "2026-11-20T23:59:59+09:00",
    created_at: "2026-11-18T10:00:00.000+09:00",
    text: "領収書の宛名を変えたいです。",
    chat_id: null,
    history: [
      {
        via: "email",
        state: "answered",
        by: { id: "mori", name: "森" },
        at: "2026-11-19T10:00:00.000+09:00",
        text: "宛名を変更しました。",
        delivery: "parked",
        chat_id: null,
      },
    ],
    ways: [{ via: "phone", reaches: true, to: "090-0000-0000" }],
  },
];
