/** The dialog before a deed: what will happen to what, and what has to be said with it. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import type { Skills, Slots, Thing, Verdict } from "../skills";
import { isMine } from "../state";
import { skillWords as words } from "../strings.skills.ja";
import { formDialog, labelled } from "./formdialog";

type Said = Record<string, string | boolean>;

/** Fields, and what they say; null while something is missing. */
interface Fields {
  nodes: readonly Node[];
  read(): Said | null;
}

interface Line {
  name: string;
  label: string;
  type?: string;
  help?: string;
  value?: string;
  optional?: boolean;
  long?: boolean;
}

const names = words.fields;
const LINES: Record<string, readonly Line[]> = {
  receipt: [{ name: "addressee", label: names.addressee, optional: true }],
  store_transfer_visit: [{ name: "wished", label: names.wished, help: names.wishedHelp }],
  rental_return: [{ name: "sending_on", label: names.sending_on, type: "date" }],
  rental_buyout: [{ name: "email", label: names.email, type: "email" }],
  rental_payment_error: [
    { name: "cause", label: names.cause },
    { name: "next_week", label: names.next_week },
  ],
  store_visit_change: [{ name: "details", label: names.details, help: names.detailsHelp }],
};

function lines(asked: readonly Line[]): Fields {
  const controls = asked.map((line) => {
    const control = line.long
      ? h("textarea", { rows: 3, name: line.name })
      : h("input", { type: line.type ?? "text", name: line.name, autocomplete: "off" });
    control.value = line.value ?? "";
    return { line, control };
  });
  return {
    nodes: controls.map(({ line, control }) => labelled(line.label, control, line.help ?? null)),
    read: () => {
      const said: Said = {};
      for (const { line, control } of controls) {
        const value = control.value.trim();
        if (value) said[line.name] = value;
        else if (!line.optional) return null;
      }
      return said;
    },
  };
}

function together(...parts: readonly Fields[]): Fields {
  return {
    nodes: parts.flatMap((part) => part.nodes),
    read: () => {
      let said: Said = {};
      for (const part of parts) {
        const more = part.read();
        if (!more) return null;
        said = { ...said, ...more };
      }
      return said;
    },
  };
}

function returning(): Fields {
  const pickUp = h("input", { type: "checkbox", name: "pick_up" });
  const reason = lines([{ name: "reason", label: names.reason, long: true }]);
  return {
    nodes: [...reason.nodes, h("label", { class: "check" }, pickUp, h("span", {}, names.pick_up))],
    read: () => {
      const said = reason.read();
      return said && (pickUp.checked ? { ...said, pick_up: true } : said);
    },
  };
}

function loss(): Fields {
  const which = h(
    "select",
    { name: "loss" },
    h("option", { value: "lost" }, names.lost),
    h("option", { value: "stolen" }, names.stolen),
  );
  const rest = lines([
    { name: "circumstances", label: names.circumstances, long: true },
    { name: "police", label: names.police, optional: true },
  ]);
  const kind: Fields = { nodes: [labelled(names.loss, which)], read: () => ({ loss: which.value }) };
  return together(kind, rest);
}

/** Store, day and time of a visit: each list is filled by what was chosen before it. */
function visit(skills: Skills, isMember: boolean): Fields {
  const store = h("select", { name: "store" });
  const day = h("select", { name: "day" });
  const time = h("select", { name: "time" });
  const hint = h("p", { class: "hint", role: "status" });
  let free: Slots = { days: [] };
  const options = (select: HTMLSelectElement, all: readonly (readonly [string, string])[]): void => {
    select.replaceChildren(...all.map(([value, label]) => h("option", { value }, label)));
    select.disabled = all.length === 0;
  };
  const times = (): void => {
    const chosen = free.days.find((each) => each.day === day.value);
    options(
      time,
      (chosen?.times ?? []).map((each) => [each, each] as const),
    );
  };
  const days = async (): Promise<void> => {
    const asked = store.value;
    free = { days: [] };
    hint.textContent = words.slotsLoading;
    try {
      const found = await skills.slots(asked);
      if (store.value !== asked) return;
      free = found;
      hint.textContent = found.days.length === 0 ? words.slotsNone : "";
    } catch {
      if (store.value === asked) hint.textContent = words.slotsFailed;
    }
    options(
      day,
      free.days.map((each) => [each.day, each.label] as const),
    );
    times();
  };
  store.addEventListener("change", () => void days());
  day.addEventListener("change", times);
  options(day, []);
  options(time, []);
  skills.storeNames().then(
    (stores) => {
      options(
        store,
        stores.map((each) => [each, each] as const),
      );
      void days();
    },
    () => {
      hint.textContent = words.slotsFailed;
    },
  );
  const when: Fields = {
    nodes: [labelled(names.store, store), labelled(names.day, day), labelled(names.time, time), hint],
    read: () => (time.value ? { store: store.value, day: day.value, time: time.value } : null),
  };
  if (isMember) return when;
  const who = lines([
    { name: "name", label: names.name },
    { name: "contact", label: names.contact },
  ]);
  return together(when, who);
}

function fieldsOf(desk: Desk, skills: Skills, thing: Thing, act: string, inquiry: boolean): Fields {
  if (inquiry && !["receipt", "store_transfer_visit", "store_visit_change"].includes(act)) return lines([]);
  if (act === "receipt" && !inquiry) return lines([]);
  if (act === "return_eligibility") return returning();
  if (act === "rental_loss_report") return loss();
  if (act === "store_visit") {
    const memberId = desk.store.state.open?.chat?.summary.customer.memberId ?? null;
    return visit(skills, memberId !== null);
  }
  if (act === "restock_request")
    return lines([
      { name: "wish", label: names.wish, value: thing.card.title },
      { name: "email", label: names.email, type: "email" },
    ]);
  return lines(LINES[act] ?? []);
}

/** These are inquiries by what they ask: the service needs no word about it. */
const ALWAYS = ["store_transfer_visit", "store_visit_change"];

/** Asks before a deed is done, and does it. */
export function askDeed(desk: Desk, skills: Skills, thing: Thing, verdict: Verdict): void {
  const inquiry = verdict.ruling === "inquiry";
  const fields = fieldsOf(desk, skills, thing, verdict.act, inquiry);
  const [title, what] = words.acts[verdict.act] ?? [verdict.title, verdict.reason];
  const text = (content: string, style = ""): HTMLElement => h("p", { class: style }, content);
  formDialog({
    title,
    class: "skill-dialog",
    fields: [
      text(words.subject(words.kinds[thing.kind], thing.number), "skill-subject"),
      text(thing.card.title),
      text(inquiry ? words.inquiryWhat : what),
      text(verdict.reason, "hint"),
      thing.proven === null && text(words.unproven, "skill-warning"),
      ...fields.nodes,
      text(words.record, "hint"),
    ],
    submit: inquiry ? words.asInquiry : title,
    save: async () => {
      const said = fields.read();
      if (!said) return words.missing;
      const asked = {
        act: verdict.act,
        subject: thing.number,
        inquiry: inquiry && !ALWAYS.includes(verdict.act),
        said,
      };
      return skills.do(asked, words.network);
    },
  });
}

/** Whether the agent may do something in the open chat now. */
export const mayDo = (desk: Desk): boolean =>
  isMine(desk.store.state, desk.store.state.open?.chat?.summary ?? null);
