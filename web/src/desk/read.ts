/** Makes the desk's types out of what came over the wire. */

import type {
  Agent,
  Attachment,
  Canned,
  Card,
  Chat,
  ChatSummary,
  Delivery,
  DeskMessage,
  Inquiry,
  MergedChat,
  Note,
  Owner,
  OwnSession,
  Packet,
  Presence,
  Rating,
  Speaker,
  Tone,
  Understanding,
} from "./types";

type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
const textOrNull = (value: unknown): string | null => text(value) || null;
const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);
const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.includes(value as T) ? (value as T) : otherwise;

const SPEAKERS: readonly Speaker[] = ["bot", "agent", "customer", "system"];
const OWNERS: readonly Owner[] = ["bot", "queue", "agent", "closed"];
const TONES: readonly Tone[] = ["good", "wait", "bad", "info"];
const PRESENCES: readonly Presence[] = ["online", "away", "offline"];

function readPerson(value: unknown): { id: string; name: string } | null {
  const person = object(value);
  return text(person.id) || text(person.name) ? { id: text(person.id), name: text(person.name) } : null;
}

export function readAgent(value: unknown): Agent | null {
  const agent = object(value);
  if (!text(agent.id)) return null;
  return {
    id: text(agent.id),
    name: text(agent.name) || text(agent.login),
    login: text(agent.login),
    role: text(agent.role) || "agent",
    presence: oneOf(agent.presence, PRESENCES, "offline"),
    totp: agent.totp === true,
    readsAll: texts(agent.actions).includes("read_all"),
    actions: texts(agent.actions),
    chats: number(agent.chats),
    capacity: number(agent.capacity),
    email: textOrNull(agent.email),
    lockedUntil: textOrNull(agent.locked_until),
  };
}

export const readAgents = (value: unknown): Agent[] =>
  list(value)
    .map(readAgent)
    .filter((agent): agent is Agent => agent !== null);

function readRating(value: unknown): Rating | null {
  const rating = object(value);
  const score = number(rating.score);
  return score === null
    ? null
    : {
        score,
        title: text(rating.title) || String(score),
        word: textOrNull(rating.word),
        at: text(rating.at),
      };
}

export function readSummary(value: unknown): ChatSummary | null {
  const chat = object(value);
  if (!text(chat.id)) return null;
  const customer = object(chat.customer);
  const last = isObject(chat.last) ? chat.last : null;
  return {
    id: text(chat.id),
    channel: text(chat.channel) || "web",
    site: textOrNull(chat.site),
    owner: oneOf(chat.owner, OWNERS, "bot"),
    agent: readPerson(chat.agent),
    customer: {
      name: textOrNull(customer.name),
      memberId: textOrNull(customer.member_id),
      verified: text(customer.verified) || "none",
    },
    reason: reasonOf(chat),
    goal: textOrNull(chat.goal),
    waitingSince: textOrNull(chat.waiting_since),
    last: last && { from: oneOf(last.from, SPEAKERS, "system"), text: text(last.text), at: text(last.at) },
    unread: Math.max(0, number(chat.unread) ?? 0),
    tags: texts(chat.tags),
    snoozedUntil: textOrNull(chat.snoozed_until),
    deliveryFailed: chat.delivery_failed === true,
    rating: readRating(chat.rating),
    mergedInto: readPerson(chat.merged_into)?.id ?? textOrNull(chat.merged_into),
    snippet: text(object(chat.snippet).text) || textOrNull(chat.snippet),
    inNote: object(chat.snippet).where === "note",
  };
}

export const readSummaries = (value: unknown): ChatSummary[] =>
  list(value)
    .map(readSummary)
    .filter((chat): chat is ChatSummary => chat !== null);

export function readCard(value: unknown): Card | null {
  if (!isObject(value)) return null;
  const state = object(value.state);
  // the rules' verdicts may stand among the rows or beside them
  const rows = [...list(value.rows), ...list(value.verdicts)];
  return {
    title: text(value.title),
    state: text(state.label) ? { label: text(state.label), tone: oneOf(state.tone, TONES, "info") } : null,
    rows: rows.map((row) => ({
      label: text(row.label),
      value: text(row.value),
      tone: TONES.includes(row.tone as Tone) ? (row.tone as Tone) : null,
    })),
    links: list(value.links).map((link) => ({ title: text(link.title), url: text(link.url) })),
  };
}

function readUnderstanding(value: unknown): Understanding | null {
  if (!isObject(value)) return null;
  const label = text(value.title);
  const confidence = number(value.confidence);
  return label || confidence !== null ? { label, confidence } : null;
}

function readDelivery(value: unknown): Delivery | null {
  if (!isObject(value) || !text(value.state)) return null;
  // until it is sent nobody knows whether it will be free
  const settled = value.state === "sent" || value.state === "delivered";
  const counted = settled ? number(value.counted) : null;
  return {
    id: text(value.id),
    state: text(value.state),
    counted,
    reason: textOrNull(value.reason),
  };
}

/** Why a person is wanted; by a rule, also in what matter: `rule.loss`. */
function reasonOf(value: Json): string | null {
  const [reason, matter] = [textOrNull(value.reason), textOrNull(value.matter)];
  return reason && matter ? `${reason}.${matter}` : reason;
}

const readAttachment = (value: Json): Attachment => ({
  id: text(value.id),
  kind: text(value.kind) || "file",
  name: text(value.name),
  state: text(value.state),
  contentType: text(value.content_type),
  size: number(value.size),
});

export function readMessage(value: unknown): DeskMessage | null {
  if (!isObject(value)) return null;
  const seq = number(value.seq);
  if (seq === null) return null;
  return {
    seq,
    from: oneOf(value.from, SPEAKERS, "system"),
    kind: text(value.kind),
    text: text(value.text),
    choices: list(value.choices)
      .map((choice) => text(choice.title))
      .filter(Boolean),
    card: readCard(value.card),
    at: text(value.at),
    clientId: textOrNull(value.client_id),
    agent: readPerson(value.agent),
    understanding: readUnderstanding(value.understanding),
    delivery: readDelivery(value.delivery),
    attachments: list(value.attachments).map(readAttachment),
    withdrawn: value.withdrawn === true,
  };
}

export const readMessages = (value: unknown): DeskMessage[] =>
  list(value)
    .map(readMessage)
    .filter((message): message is DeskMessage => message !== null);

const readNotes = (value: unknown): Note[] =>
  list(value).map((note) => ({
    id: text(note.id),
    agent: readPerson(note.agent)?.name || text(note.agent),
    text: text(note.text),
    at: text(note.at),
  }));

export function readPacket(value: unknown): Packet | null {
  if (!isObject(value)) return null;
  const identity = object(value.identity);
  return {
    goal: text(value.goal),
    reason: reasonOf(value),
    identity: {
      level: text(identity.level) || "none",
      memberId: textOrNull(identity.member_id),
      proven: texts(identity.proven),
    },
    cards: list(value.cards)
      .map(readCard)
      .filter((card): card is Card => card !== null),
    tried: list(value.tried).map((each) => ({
      text: text(each.text),
      label: text(each.title),
      at: text(each.at),
    })),
    mood: text(value.mood) || "calm",
    suggestions: list(value.suggestions).map((each) => ({
      topic: text(each.topic),
      title: text(each.title) || text(each.topic),
      text: text(each.text),
    })),
  };
}

const readMerged = (value: unknown): MergedChat[] =>
  list(value).map((each) => ({
    id: text(each.id),
    channel: text(each.channel) || "web",
    messages: readMessages(each.messages).sort((a, b) => a.seq - b.seq),
  }));

export function readChat(value: unknown): Chat | null {
  const chat = object(value);
  // tolerant of a chat that carries its summary's fields itself
  const summary = readSummary(chat.summary) ?? readSummary(chat);
  if (!summary) return null;
  return {
    summary,
    canSendFiles: chat.can_send_files === "images" ? "images" : chat.can_send_files === true,
    filesReason: textOrNull(chat.files_reason),
    messages: readMessages(chat.messages).sort((a, b) => a.seq - b.seq),
    notes: readNotes(chat.notes),
    merged: readMerged(chat.merged),
    packet: readPacket(chat.packet),
  };
}

export const readCanned = (value: unknown): Canned[] =>
  list(value).map((each) => ({
    id: text(each.id),
    shortcut: text(each.shortcut),
    title: text(each.title),
    text: text(each.text),
    site: textOrNull(each.site),
  }));

export const readSessions = (value: unknown): OwnSession[] =>
  list(value).map((each) => ({
    id: text(each.id),
    client: text(each.client),
    seenAt: text(each.seen_at),
    current: each.current === true,
  }));

const WAYS = ["chat", "email", "phone"] as const;

export function readInquiry(value: unknown): Inquiry | null {
  const inquiry = object(value);
  if (!text(inquiry.number)) return null;
  return {
    number: text(inquiry.number),
    topic: text(inquiry.topic_title) || text(inquiry.topic),
    name: textOrNull(inquiry.name),
    contact: text(inquiry.contact),
    subject: textOrNull(inquiry.subject),
    site: textOrNull(inquiry.site),
    state: text(inquiry.state),
    urgent: inquiry.urgent === true,
    dueAt: textOrNull(inquiry.due_at),
    createdAt: text(inquiry.created_at),
    text: text(inquiry.text),
    chatId: textOrNull(inquiry.chat_id),
    history: list(inquiry.history).map((each) => ({
      via: text(each.via) || "desk",
      state: text(each.state),
      text: text(each.text),
      by: readPerson(each.by)?.name ?? null,
      at: text(each.at),
      delivery: textOrNull(each.delivery),
    })),
    ways: list(inquiry.ways).flatMap((each) => {
      const via = WAYS.find((known) => known === each.via);
      return via ? [{ via, reaches: each.reaches === true, to: text(each.to) }] : [];
    }),
  };
}

/** A list, whichever of the two usual forms it has: bare, or under a name. */
export function listOf(body: unknown, name: string): unknown {
  return Array.isArray(body) ? body : object(body)[name];
}
