/** Every Japanese word that the widget itself says. */

import { dayId } from "../shared/japan-time";

const SHOP_NAMES: Record<string, string> = { store: "ALLU オンラインストア", rental: "腕時計本舗 レンタル" };

export const strings = {
  shopName: (site: string | null): string => (site && SHOP_NAMES[site]) || "お問い合わせ窓口",
  launcher: "チャットで質問",
  launcherNew: (count: number): string => `新着${count}件`,
  panel: (shop: string): string => `${shop}のチャット`,
  close: "チャットを閉じる",
  logLabel: "やりとり",

  speaker: { bot: "自動応答", agent: "担当者", customer: "あなた", system: "お知らせ" },
  announce: (speaker: string, text: string): string => `${speaker}: ${text}`,

  who: {
    bot: "自動応答",
    queue: "担当者を呼んでいます",
    agent: (name: string | null): string => (name ? `担当者 ${name}` : "担当者"),
    closed: "自動応答",
  },
  state: {
    bot: (hours: string | null): string => (hours ? `担当者は${hours}` : "いつでもお答えします"),
    queue: (waiting: number | null): string =>
      waiting === null
        ? "順番にご案内します"
        : waiting === 0
          ? "次の順番です"
          : `先にお待ちの方 ${waiting}人`,
    agent: "ただいま対応しています",
    closed: "このチャットは終了しました",
  },

  menu: {
    label: "メニュー",
    file: "会話の記録を保存",
    mail: "会話の記録をメールで受け取る",
    fileName: (now: Date): string => `会話の記録-${dayId(now.toISOString()).replace(/-/g, "")}.txt`,
    saving: "会話の記録を用意しています。",
    saved: "会話の記録を保存しました。",
    hint: "会話の記録をお送りします。",
    address: "メールアドレス",
    example: "例: hanako@example.jp",
    send: "送る",
    sending: "送っています。",
    sent: (email: string): string => `${email} にお送りします。届くまで数分かかることがあります。`,
    invalid: "メールアドレスの形式をご確認ください。",
    failed: "うまくいきませんでした。少し時間をおいて、もう一度お試しください。",
    close: "閉じる",
  },

  starting: "準備しています",
  startFailed: "チャットの準備ができませんでした。少し時間をおいて、もう一度お試しください。",
  startAgain: "もう一度つなぐ",
  startedAnew: (kept: boolean): string =>
    `前回のチャットの続きを開けなかったため、新しいチャットを始めました。${kept ? "送れなかった文章は入力欄に残しています。" : ""}`,
  startedElsewhere: "ほかのタブで新しいチャットが始まったため、そちらを表示しています。",
  identityExpired:
    "ログインの確認ができなかったため、未ログインのお客様としてご案内します。ページを読み込み直すと、もう一度確認します。",
  offline: "インターネットにつながっていません。つながりしだい、続きを表示します。",
  reconnecting: "接続し直しています。",
  closed: "このチャットは終了しました。ほかにもご質問があれば、新しく始められます。",
  startNew: "新しいチャットを始める",

  divider: "ここから新着",
  jump: "最新のメッセージへ",
  jumpNew: (count: number): string => `新着${count}件 · 最新のメッセージへ`,
  typing: { bot: "自動応答が入力しています", agent: "担当者が入力しています" },
  read: "既読",
  taken: "選択済み",

  composer: {
    label: "メッセージ",
    placeholder: "ご質問をどうぞ",
    send: "送信",
    left: (count: number): string => `あと${count.toLocaleString("ja-JP")}文字`,
    over: (count: number): string => `${count.toLocaleString("ja-JP")}文字多いため送信できません`,
  },

  identity: {
    number: "注文番号またはレンタル番号",
    numberExample: "例: A-20261103-0042",
    contact: "ご登録の電話番号かメールアドレス",
    contactExample: "例: 090-1234-5678",
    send: "確認する",
    sending: "確認しています",
    empty: "番号と、ご登録の電話番号かメールアドレスを入力してください。",
    failed: "送信できませんでした。通信の状態をご確認のうえ、もう一度お試しください。",
  },

  word: { label: "ひとこと（任意・1,000文字まで）", send: "送る" },

  file: {
    attach: "ファイルを添付",
    drop: "ここで放すと送信します",
    progress: "送信の進み具合",
    cancel: (name: string): string => `${name}の送信をやめる`,
    empty: "ファイルの中身が空のようです。別のファイルをお選びください。",
    tooLarge: (megabytes: number): string =>
      `ファイルが大きすぎるため、お送りいただけません（${megabytes}MBまで）。`,
    kinds: { image: "画像", video: "動画", audio: "音声", file: "ファイル" } as Record<string, string> & {
      image: string;
      file: string;
    },
  },

  sending: "送信中",
  waitingTurn: "送信待ち",
  retry: "もう一度送る",
  edit: "入力欄に戻す",
  failed: {
    network: "送信できませんでした。通信の状態をご確認ください。",
    server: "ただいま混み合っていて送信できませんでした。",
    rejected: "このメッセージは送信できませんでした。",
    left: "ページを離れたため、送信できたか確認できませんでした。",
    blocked: "前のメッセージが送信できなかったため、まだ送っていません。",
    busy: (seconds: number): string =>
      seconds >= 60
        ? `続けてお送りいただいたため、約${Math.ceil(seconds / 60)}分お待ちください。そのあと送信できます。`
        : `続けてお送りいただいたため、${seconds}秒ほどお待ちください。そのあと送信できます。`,
    busyOver: "お待たせしました。もう一度お送りください。",
  },
} as const;

export { dayId, dayText, timeText } from "../shared/japan-time";
