/** The Japanese words of inquiries, and of transcripts that are mailed. */

const STATES: Record<string, string> = {
  open: "受付",
  working: "対応中",
  answered: "回答済み",
  closed: "完了",
};
const DELIVERIES: Record<string, string> = {
  waiting: "送信待ち",
  sending: "送信中",
  sent: "送信済み",
  parked: "届いていません",
  cancelled: "取り消し",
};
const DONE: Record<string, string> = {
  chat: "チャットで返信",
  email: "メールで返信",
  phone: "電話で連絡",
};
const named = (names: Record<string, string>, id: string): string =>
  Object.hasOwn(names, id) ? (names[id] as string) : id;

export const inquiryWords = {
  label: "お問い合わせの一覧",
  states: STATES,
  state: (id: string): string => named(STATES, id),
  filter: "状態",
  all: "要対応",
  search: "お問い合わせを検索",
  empty: "お問い合わせはありません。",
  none: "左の一覧からお問い合わせを選んでください。",
  number: "お問い合わせ番号",
  name: "お名前",
  contact: "連絡先",
  inChat: "このチャット",
  subject: "注文・レンタル番号",
  asked: "受付",
  chat: "チャット",
  openChat: "チャットを開く",
  urgent: "至急",
  due: (day: string): string => `返信期限 ${day}`,
  overdue: (day: string): string => `返信期限を過ぎています（${day}）`,
  history: "経過",
  noHistory: "まだ対応していません。",
  moved: (state: string): string => `状態を「${named(STATES, state)}」に変更`,
  added: "お客様からの続きのご質問",
  customer: "お客様",
  done: (via: string): string => named(DONE, via),
  delivery: (id: string): string => named(DELIVERIES, id),
  reply: "返信",
  note: "電話の内容",
  via: "返信の方法",
  ways: {
    chat: (reaches: boolean): string =>
      reaches ? "チャット" : "チャット（お客様がもう見ていない可能性があります）",
    email: (to: string, reaches: boolean): string =>
      reaches ? `メール（${to}）` : `メール（${to}）: メールの設定がまだのため送れません`,
    phone: (to: string): string => `電話で連絡した（${to}）`,
  },
  send: "返信を送る",
  keep: "記録する",
  sent: "返信を送りました。",
  kept: "記録しました。",
  failed: "送れませんでした。文章は残しています。もう一度お試しください。",
  notMoved: "状態を変えられませんでした。もう一度お試しください。",
  noWay: "お返事できる連絡先がありません。",

  transcript: {
    title: "会話の記録をメールで送る",
    email: "送り先のメールアドレス",
    help: "お客様とのやりとりだけを送ります。メモは含まれません。",
    send: "送る",
    sent: (email: string): string => `会話の記録を${email}に送ります。`,
    failed: "送れませんでした。もう一度お試しください。",
  },
} as const;
