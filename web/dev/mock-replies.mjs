/** What the mock service answers: by words in the customer's text, so every state can be seen by typing. */

const choice = (id, title) => ({ id, title, topic: null, act: null });

export const GREETING = {
  kind: "notice",
  text: "こんにちは。自動応答がお答えします。\n担当者とは平日12:00〜17:00にお話しいただけます。\n次からお選びいただくか、ご質問をお書きください。",
  choices: [
    choice("c1", "注文・レンタルの状況を確認"),
    choice("c2", "返品・キャンセルをしたい"),
    choice("c3", "送料と届くまでの日数"),
    choice("c4", "店舗で実物を見たい"),
    choice("c5", "領収書がほしい"),
    choice("c6", "担当者と話す"),
  ],
};

const CARD = {
  title: "MAISON RIVIÈRE レザー トートバッグ キャメル",
  state: { label: "発送済み", tone: "good" },
  image:
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNsaGj4DwAFhAKAjM1mJgAAAABJRU5ErkJggg==",
  rows: [
    { label: "注文番号", value: "A-20261118-0042" },
    { label: "発送日", value: "12月1日(火)" },
    { label: "お届け予定", value: "12月3日(木) 14〜16時" },
    { label: "返品の申込期限", value: "12月11日(金)" },
  ],
  links: [{ title: "配送状況を見る", url: "https://example.com/track/0042" }],
  unknown_key: { ignored: true },
};

const LONG = Array.from(
  { length: 14 },
  (_, i) => `${i + 1}. 長い答えの${i + 1}行目です。条件と、していただくことを順にご案内します。`,
).join("\n");

export const TITLES = Object.fromEntries(GREETING.choices.map((each) => [each.id, each.title]));

/** The bot's replies to a text. */
export function repliesTo(text) {
  if (text.includes("カード"))
    return [
      {
        kind: "result",
        text: "ご注文の状況です。",
        card: CARD,
        choices: [choice("r1", "返品を申し込む"), choice("r2", "条件を見る")],
      },
    ];
  if (text.includes("長い"))
    return [{ kind: "answer", text: LONG, choices: [choice("n1", "ほかの質問をする")] }];
  if (text.includes("リンク"))
    return [
      {
        kind: "answer",
        text: "くわしくはhttps://example.com/guide/very/long/path/that/has/to/wrap/somewhere?with=query&and=more をご覧ください。\nお電話は0120-778-407、メールはcustomer@example.jpへどうぞ。\n商品番号1002045871はそのままです。<b>太字にはなりません</b>",
      },
    ];
  return [
    {
      kind: "answer",
      text: "はい、全品送料無料でお届けします。\n東京都からヤマト運輸で発送します。",
      choices: [
        choice("a1", "いつ届くか知りたい"),
        choice("a2", "ほかの質問をする"),
        choice("a3", "担当者と話す"),
      ],
    },
  ];
}
