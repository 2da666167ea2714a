/** The Japanese words of what was told by e-mail and webhook, and of what could not be. */

const named = (names: Record<string, string>, id: string): string =>
  Object.hasOwn(names, id) ? (names[id] as string) : id;

const STATES: Record<string, string> = {
  waiting: "送信待ち",
  sending: "送信中",
  sent: "送信済み",
  parked: "送れませんでした",
  cancelled: "取り消し",
};
const KINDS: Record<string, string> = {
  chat_waits: "お待ちのお客様がいることのお知らせ",
  chat_returned: "チャットが待ちに戻ったことのお知らせ",
  inquiries_due: "期限のお問い合わせのお知らせ",
  inquiry_reply: "お問い合わせへの返信（お客様へ）",
  transcript: "会話の記録（お客様へ）",
};
const VIAS: Record<string, string> = { email: "メール", webhook: "外部システムへの連携（Webhook）" };

export const notificationWords = {
  title: "お知らせの送信状況",
  help: "メールと外部システムへのお知らせが、届いているかを確かめられます。30日を過ぎたものは消えます。",
  state: (id: string): string => named(STATES, id),
  kind: (id: string): string => named(KINDS, id),
  via: (id: string): string => named(VIAS, id),
  filter: "送信の状態",
  /** What the list may be narrowed to; "": whatever has not gone out. */
  filters: [
    ["", "まだ送れていないもの"],
    ["parked", "送れなかったもの"],
    ["sent", "送信済み"],
    ["cancelled", "取り消し"],
  ] as const,
  refresh: "最新にする",
  attempts: (count: number): string => `送信${count}回`,
  /** Said behind the reason as long as it is tried again by itself. */
  byItself: "自動で送り直します。",
  chat: "チャットを開く",
  again: "もう一度送る",
  againFor: (kind: string, to: string): string => `${kind}、${to}: もう一度送る`,
  begun: "もう一度送ります。しばらくしてから「最新にする」で確かめてください。",
  failed: "もう一度送れませんでした。通信の状態をご確認ください。",
  empty: "まだ送れていないお知らせはありません。",
  noneOfThese: "この状態のお知らせはありません。",
  loading: "読み込んでいます",
  loadFailed: "送信状況を読み込めませんでした。「最新にする」でもう一度お試しください。",
} as const;
