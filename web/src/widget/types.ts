/** What the Chat API sends, read defensively: unknown keys are ignored, missing ones get a harmless value. */

export type Speaker = "bot" | "agent" | "customer" | "system";
export type Owner = "bot" | "queue" | "agent" | "closed";
export type Tone = "good" | "wait" | "bad" | "info";

export interface Choice {
  id: string;
  title: string;
}

export interface Card {
  title: string;
  state: { label: string; tone: Tone } | null;
  image: string | null;
  rows: { label: string; value: string }[];
  links: { title: string; url: string }[];
}

export interface Attachment {
  kind: string;
  name: string | null;
  contentType: string;
  size: number;
  /** A path of the API, or a whole address. */
  url: string | null;
}

export interface Message {
  seq: number;
  from: Speaker;
  kind: string;
  act: string | null;
  text: string;
  choices: Choice[];
  card: Card | null;
  at: string;
  clientId: string | null;
  agentName: string | null;
  files: Attachment[];
}

export interface OwnerInfo {
  owner: Owner;
  agent: string | null;
  waiting: number | null;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const asText = (value: unknown): string => (typeof value === "string" ? value : "");
const asTextOrNull = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.includes(value as T) ? (value as T) : otherwise;

export function readOwner(value: unknown): Owner | null {
  const owners: readonly (Owner | "")[] = ["bot", "queue", "agent", "closed", ""];
  return oneOf(value, owners, "") || null;
}

export function readOwnerInfo(value: unknown): OwnerInfo | null {
  if (!isObject(value)) return null;
  const owner = readOwner(value.owner);
  if (!owner) return null;
  const agent = isObject(value.agent) ? asTextOrNull(value.agent.name) : null;
  const waiting = typeof value.waiting === "number" && value.waiting >= 0 ? value.waiting : null;
  return { owner, agent, waiting };
}

export function readCard(value: unknown): Card | null {
  if (!isObject(value)) return null;
  const state = isObject(value.state) ? value.state : null;
  const tones: readonly Tone[] = ["good", "wait", "bad", "info"];
  return {
    title: asText(value.title),
    state:
      state && asText(state.label)
        ? { label: asText(state.label), tone: oneOf(state.tone, tones, "info") }
        : null,
    image: asTextOrNull(value.image),
    rows: asList(value.rows).map((row) => ({ label: asText(row.label), value: String(row.value ?? "") })),
    links: asList(value.links).map((link) => ({ title: asText(link.title), url: asText(link.url) })),
  };
}

export function readMessage(value: unknown): Message | null {
  if (!isObject(value) || typeof value.seq !== "number" || !Number.isFinite(value.seq)) return null;
  const speakers: readonly Speaker[] = ["bot", "agent", "customer", "system"];
  return {
    seq: value.seq,
    from: oneOf(value.from, speakers, "system"),
    kind: asText(value.kind),
    act: asTextOrNull(value.act),
    text: asText(value.text),
    choices: asList(value.choices)
      .map((choice) => ({ id: asText(choice.id), title: asText(choice.title) }))
      .filter((choice) => choice.id && choice.title),
    card: readCard(value.card),
    at: asText(value.at),
    clientId: asTextOrNull(value.client_id),
    agentName: isObject(value.agent) ? asTextOrNull(value.agent.name) : null,
    files: asList(value.attachments).map((file) => ({
      kind: asText(file.kind),
      name: asTextOrNull(file.name),
      contentType: asText(file.content_type),
      size: typeof file.size === "number" ? file.size : 0,
      url: asTextOrNull(file.url),
    })),
  };
}

export function readMessages(value: unknown): Message[] {
  return asList(value)
    .map(readMessage)
    .filter((message): message is Message => message !== null);
}
