/** Every Japanese word of the desk. */

import { inquiryWords } from "./strings.inquiries.ja";
import type { Owner, Speaker } from "./types";

const CHANNELS: Record<string, string> = {
  web: "Webチャット",
  line: "LINE",
  messenger: "Messenger",
  webhook: "外部連携",
};
const SITES: Record<string, string> = { store: "ストア", rental: "レンタル" };
const REASONS: Record<string, string> = {
  customer: "お客様の希望",
  failed: "自動応答で解決せず",
  rule: "担当者の対応が必要",
  "rule.loss": "紛失・盗難の届け出",
  "rule.damaged": "届いた商品の不備",
  "rule.complaint": "ご不満の申し出",
  "rule.payment": "お支払いのエラー",
  system: "システムの不調",
};
const LEVELS: Record<string, string> = {
  none: "本人確認なし",
  order: "注文番号で確認済み",
  member: "会員として確認済み",
};
const MOODS: Record<string, string> = { calm: "落ち着いている", unhappy: "不満がある", angry: "怒っている" };
const ROLES: Record<string, string> = {
  agent: "担当者",
  lead: "リーダー",
  admin: "管理者",
  auditor: "監査",
};
const DELIVERIES: Record<string, string> = {
  waiting: "送信待ち",
  sending: "送信中",
  sent: "送信済み",
  delivered: "送信済み",
  held: "送信を止めています",
  parked: "届いていません",
  failed: "届いていません",
  cancelled: "取り消し",
};
const named = (names: Record<string, string>, id: string): string =>
  Object.hasOwn(names, id) ? (names[id] as string) : id;

export const strings = {
  title: "担当者デスク",
  skip: "やりとりへ移動",
  channel: (id: string): string => named(CHANNELS, id),
  site: (id: string): string => named(SITES, id),
  reason: (id: string): string => REASONS[id] ?? named(REASONS, id.split(".")[0] ?? id),
  level: (id: string): string => named(LEVELS, id),
  mood: (id: string): string => named(MOODS, id),
  role: (id: string): string => named(ROLES, id),
  presence: { online: "対応中", away: "離席", offline: "不在" },
  customer: (name: string | null): string => name || "お客様（お名前なし）",

  signIn: {
    title: "担当者デスクにサインイン",
    login: "ログイン名",
    password: "パスワード",
    code: "確認コード（6桁）",
    codeHelp: "認証アプリに表示されている数字を入力してください。",
    submit: "サインイン",
    back: "最初からやり直す",
    failed: "ログイン名かパスワードが違います。",
    codeFailed: "確認コードが違います。認証アプリの新しい数字でお試しください。",
    locked: "続けて失敗したため、しばらくサインインできません。時間をおいてお試しください。",
    ended: "サインインの期限が切れました。書きかけの文章は残っています。",
  },
  starting: "準備しています",
  unreachable: "サーバーにつながりません。自動でつなぎ直しています。",
  reconnecting: "接続し直しています。つながりしだい、最新の内容を表示します。",

  pages: { chats: "チャット", inquiries: "お問い合わせ", canned: "定型文", agents: "担当者" },
  account: "アカウント",
  signOut: "サインアウト",
  presenceLabel: "受付状態",
  help: "キー操作",
  nav: "ページ",

  lists: {
    label: "チャットの一覧",
    names: {
      queue: "待ち",
      mine: "自分の担当",
      open: "すべて",
      snoozed: "保留",
      closed: "終了",
      search: "検索結果",
    },
    search: "チャットを検索",
    tag: "タグで絞り込む",
    anyTag: "すべてのタグ",
    found: "見つかった箇所",
    clear: "検索をやめる",
    more: "続きを表示",
    loading: "読み込んでいます",
    failed: "一覧を読み込めませんでした。",
    again: "もう一度読み込む",
    empty: {
      queue: "お待ちのお客様はいません。",
      mine: "担当中のチャットはありません。",
      open: "対応中のチャットはありません。",
      snoozed: "保留中のチャットはありません。",
      closed: "終了したチャットはありません。",
      search: "見つかりませんでした。",
    },
    count: (count: number, more: boolean): string => `${count}${more ? "+" : ""}件`,
  },
  row: {
    waiting: (time: string): string => `待ち ${time}`,
    unread: (count: number): string => `未読${count}件`,
    deliveryFailed: "届いていないメッセージあり",
    until: (at: string): string => `${at}まで保留`,
  },
  announce: {
    waiting: (name: string, reason: string): string => `新しいお待ちのお客様: ${name}、${reason}`,
    given: (name: string): string => `担当するチャットが入りました: ${name}`,
    message: (text: string): string => `お客様から: ${text}`,
  },
  notification: {
    title: "お客様がお待ちです",
    given: "担当するチャットが入りました",
    body: (channel: string, reason: string): string => `${channel} ・ ${reason}`,
  },

  chat: {
    label: "やりとり",
    none: "左の一覧からチャットを選んでください。",
    noneKeys: "j・kで移動、Enterで開きます。",
    loading: "やりとりを読み込んでいます",
    failed: "やりとりを読み込めませんでした。",
    gone: "このチャットは担当から外れました。ほかの担当者か自動応答が対応しているか、終了しています。",
    again: "もう一度読み込む",
    backToList: "一覧へ戻る",
    toCustomer: "お客様の情報",
    divider: "ここから新着",
    typing: "お客様が入力中…",
    jump: "最新のメッセージへ",
    older: "以前のやりとりを表示",
    owner: (owner: Owner, name: string | null): string =>
      ({
        bot: "自動応答が対応しています",
        queue: "担当者を待っています",
        agent: name ? `${name}さんが担当しています` : "担当者がいます",
        closed: "終了しました",
      })[owner],
    mine: "自分が担当しています",
  },
  speaker: (from: Speaker, agent: string | null): string =>
    ({ bot: "自動応答", agent: agent ?? "担当者", customer: "お客様", system: "お知らせ" })[from],
  message: {
    withdrawn: "お客様が送信を取り消しました",
    understanding: (label: string, percent: string | null): string =>
      ["理解:", label || "その他", percent].filter(Boolean).join(" "),
    tried: (count: number): string => `自動応答の返信 ${count}件`,
    delivery: (state: string): string => named(DELIVERIES, state),
    counted: (count: number): string => (count === 0 ? "無料" : `${count}通カウント`),
    resend: "再送",
    choices: "選択肢",
    note: (agent: string): string => `メモ（${agent}） お客様には見えません`,
  },
  attachment: {
    kinds: { image: "画像", video: "動画", audio: "音声", file: "ファイル" } as Record<string, string>,
    unnamed: "名前のないファイル",
    waiting: "確認しています",
    refused: "安全のため受け取りませんでした",
    open: "開く",
    add: "添付",
    label: "返信に添付するファイル",
    uploading: "アップロードの進み具合",
    remove: (name: string): string => `${name}を外す`,
    tooMany: (most: number): string => `1回の返信に添付できるのは${most}件までです。`,
    empty: "ファイルの中身が空のため、添付できません。",
    tooLarge: (megabytes: number): string =>
      `ファイルが大きすぎるため、添付できません（${megabytes}MBまで）。`,
    failed: "アップロードできませんでした。外してから、もう一度添付してください。",
  },

  composer: {
    label: "返信",
    noteLabel: "メモ",
    placeholder: "返信を書く（;で定型文）",
    send: "送信",
    sendNote: "メモを残す",
    modes: "書くものの種類",
    to: (channel: string): string =>
      channel === "line"
        ? "LINEでお客様に届きます（1通カウント）"
        : `${named(CHANNELS, channel)}でお客様に届きます`,
    noteTo: "担当者だけが見ます。お客様には届きません",
    keys: "Ctrl+Enterで送信",
    over: (count: number): string => `${count.toLocaleString("ja-JP")}文字多いため送信できません`,
    place: (name: string): string =>
      `埋めていない箇所があります${name ? `: ${name}` : ""}。入力してから送信してください。`,
    canned: "定型文",
    take: "返信するには、先に担当してください。",
    taken: (name: string): string => `${name}さんが担当しているため、返信できません。`,
    closed: "このチャットは終了しています。",
    readOnly: "閲覧のみの権限です。",
  },
  unsent: {
    sending: "送信中",
    failed: "送信できませんでした。",
    network: "送信できませんでした。通信の状態をご確認ください。",
    unknown:
      "送信の途中でページが閉じました。届いたか確認できていません。もう一度送っても二重には届きません。",
    again: "もう一度送る",
    edit: "入力欄に戻す",
  },
  notOwner: (name: string | null): string =>
    name
      ? `${name}さんが担当しています。書きかけの文章は残しています。`
      : "このチャットは自分の担当ではなくなっています。書きかけの文章は残しています。",
  overCapacity: "同時に対応できる件数を超えて担当しています。",
  actions: {
    label: "このチャットの操作",
    take: "担当する",
    back: "自動応答に戻す",
    release: "待ちに戻す",
    close: "終了",
    transfer: "転送",
    assign: "担当者を決める",
    merge: "まとめる",
    transcript: "会話の記録をメールで送る",
    snooze: "保留",
    unsnooze: "保留をやめる",
    tags: "タグ",
    failed: "操作できませんでした。もう一度お試しください。",
    cancel: "やめる",
  },
  backDialog: {
    note: "自動応答への申し送り（任意）",
    help: "決まったことを書くと、自動応答が同じ案内を繰り返しません。",
  },
  closeDialog: {
    result: "結果",
    results: [
      ["solved", "解決した"],
      ["unsolved", "解決しなかった"],
      ["inquiry", "お問い合わせとして引き継ぐ"],
      ["no_answer", "お客様の返信がない"],
      ["spam", "迷惑・いたずら"],
    ] as const,
  },
  snoozeDialog: {
    until: "いつまで保留しますか",
    help: "お客様から返信があると、すぐに一覧へ戻ります。",
    wrong: "これからの日時を入力してください。",
  },
  tagsDialog: { tags: "タグ（空白で区切る）", help: "担当者だけが見ます。" },

  rating: {
    title: "満足度",
    short: (score: number): string => `満足度 ${score}`,
  },
  packet: {
    label: "お客様の情報",
    goal: "ご用件",
    noGoal: "ご用件はまだわかっていません",
    reason: "呼ばれた理由",
    identity: "本人確認",
    member: (id: string): string => `会員番号 ${id}`,
    proven: "確認済み",
    mood: "様子",
    tried: "自動応答が案内したこと",
    noTried: "まだありません",
    suggestions: "返信の候補",
    send: "送る",
    edit: "直してから送る",
    tags: "タグ",
    channel: "届いた場所",
    noPacket: "引き継ぎの情報はありません。",
  },

  inquiries: inquiryWords,

  accountDialog: {
    title: "アカウント",
    alerts: "お知らせ",
    sound: "新しいお待ちのお客様を音で知らせる",
    notify: "デスクトップ通知で知らせる",
    notifyDenied: "ブラウザーの設定で通知が許可されていません。",
    keys: "1文字のキー操作を使う",
    sessions: "サインイン中の端末",
    current: "この端末",
    seen: (at: string): string => `最後の操作 ${at}`,
    end: "終了する",
    totp: "2段階認証",
    totpOn: "設定済みです。",
    totpOff: "2段階認証を解除する",
    totpBegin: "設定を始める",
    totpSecret: "認証アプリでQRコードを読み取り、表示された数字を入力してください。",
    totpQr: "認証アプリで読み取るQRコード",
    totpKey: "QRコードを読み取れないときは、次の鍵を登録します。",
    password: "パスワード",
    passwordChange: "パスワードを変える",
    passwordCurrent: "現在のパスワード",
    passwordNew: "新しいパスワード",
    passwordHelp: "変えると、この端末を含むすべての端末で、サインインし直しになります。",
    passwordChanged: "パスワードを変えました。新しいパスワードでサインインしてください。",
    totpConfirm: "確認して有効にする",
    totpWrong: "確認コードが違います。",
    failed: "読み込めませんでした。",
    close: "閉じる",
  },
  helpDialog: {
    title: "キー操作",
    keys: [
      ["/", "検索"],
      ["j k", "一覧を移動"],
      ["Enter", "開く"],
      ["t", "担当する"],
      ["r", "返信を書く"],
      ["n", "メモを書く"],
      ["e", "終了"],
      ["b", "自動応答に戻す"],
      ["s", "保留"],
      ["m", "転送"],
      ["Ctrl+Enter", "送信"],
      [";", "定型文（入力中）"],
      ["Esc", "入力や画面を閉じる"],
      ["?", "この一覧"],
    ] as const,
  },
} as const;
