/** A customer's orders and rentals as they are now: cards, the rules' verdicts, and what can be done. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { GROUPS, type Skills, type Thing, type Verdict } from "../skills";
import { mayAct } from "../state";
import { skillWords as words } from "../strings.skills.ja";
import type { Card } from "../types";
import { cardView } from "./card";
import { button } from "./region";
import { askDeed, mayDo } from "./skillform";
import { textNodes } from "./text";

const TONES = { yes: "good", inquiry: "wait", no: "bad", told: "info" } as const;

export class SkillsPanel {
  private readonly field = h("input", {
    type: "search",
    autocomplete: "off",
    placeholder: words.searchHelp,
    "aria-label": words.search,
    "data-focus": "skill-number",
  });
  private readonly search = h(
    "form",
    {
      class: "skill-search",
      role: "search",
      "aria-label": words.search,
      onsubmit: (event: Event) => {
        event.preventDefault();
        void this.find();
      },
    },
    this.field,
    h("button", { type: "submit", class: "button small", "data-focus": "skill-search" }, words.searchDo),
  );
  private readonly said = h("p", { class: "hint", role: "status" });
  private readonly result = h("div", { class: "skill-result", role: "status" });
  private readonly things = h("div", { class: "skill-things" });
  readonly element = h(
    "section",
    { class: "part skills", "aria-label": words.title },
    h("h3", {}, words.title),
    this.search,
    this.said,
    this.result,
    this.things,
  );
  private cards: readonly Card[] = [];
  private chat: string | null = null;
  private drawn = "";
  private drawnResult = "";
  private readonly folded = new Map<string, boolean>();

  constructor(
    private readonly desk: Desk,
    private readonly skills: Skills,
    /** Puts a text into the reply. */
    private readonly insert: (text: string) => void,
  ) {
    skills.subscribe(() => this.show());
    desk.store.subscribe(() => this.show());
    this.show();
  }

  /** What the bot has sent, shown until the systems have answered. */
  sent(cards: readonly Card[]): void {
    this.cards = cards;
    this.show();
  }

  private show(): void {
    const { open, me } = this.desk.store.state;
    if (open?.id !== this.chat) {
      this.chat = open?.id ?? null;
      this.field.value = "";
      this.folded.clear();
    }
    this.search.hidden = !mayAct(me);
    const { groups, found, said, result } = this.skills;
    if (this.said.textContent !== (said ?? "")) this.said.textContent = said;
    const mine = mayDo(this.desk);
    const outcome = JSON.stringify([result, mine]);
    if (outcome !== this.drawnResult) {
      this.drawnResult = outcome;
      this.result.replaceChildren(...this.resultNodes(mine));
    }
    const wanted = JSON.stringify([groups, found, mine, this.cards, this.chat]);
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    const active = document.activeElement;
    const focus =
      active instanceof HTMLElement && this.things.contains(active) ? (active.dataset.focus ?? null) : null;
    this.things.replaceChildren(...this.thingNodes(mine));
    if (focus) this.things.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  }

  private async find(): Promise<void> {
    await this.skills.find(this.field.value, { none: words.notFound, failed: words.failed.orders });
  }

  private resultNodes(mine: boolean): Node[] {
    const { result } = this.skills;
    if (!result) return [];
    return [
      h("p", { class: "skill-done" }, `${result.number} ${result.inquiry ? words.doneInquiry : words.done}`),
      h("p", { class: "skill-sentence" }, ...textNodes(result.text)),
      h("p", { class: "hint" }, words.doneHelp),
      ...(mine
        ? [
            button(words.insert, () => this.insert(result.text), {
              class: "button small primary",
              focus: "skill-insert",
            }),
          ]
        : []),
    ];
  }

  private thingNodes(mine: boolean): Node[] {
    const { groups, found } = this.skills;
    const all = GROUPS.flatMap((group) => groups[group].things);
    const others = all.filter((thing) => found.every((each) => each.number !== thing.number));
    const shown = [...found, ...others];
    const loading = GROUPS.some((group) => groups[group].phase === "loading");
    const nodes: Node[] = shown.map((thing, i) => this.thing(thing, i === 0, mine));
    nodes.push(...this.earlier(shown, loading));
    if (shown.length > 0 && !mine && mayAct(this.desk.store.state.me))
      nodes.push(h("p", { class: "hint" }, words.taking));
    const more = GROUPS.reduce((sum, group) => sum + groups[group].more, 0);
    if (more > 0) nodes.push(h("p", { class: "hint" }, words.more(more)));
    for (const group of GROUPS) {
      if (groups[group].phase !== "failed") continue;
      const again = button(words.again, () => void this.skills.loadGroup(group), {
        class: "button small",
        focus: `skill-again-${group}`,
      });
      nodes.push(h("p", { class: "skill-failed" }, words.failed[group], again));
    }
    return nodes;
  }

  /** What the bot has sent of other things, and of these until the systems have answered. */
  private earlier(shown: readonly Thing[], loading: boolean): Node[] {
    const numbers = new Set(shown.map((thing) => thing.number));
    const others = this.cards.filter((card) => !card.rows.some((row) => numbers.has(row.value)));
    const hint = loading ? words.loading : others.length > 0 ? words.sent : words.none;
    if (shown.length > 0 && others.length === 0) return [];
    return [h("p", { class: "hint" }, hint), ...others.map(cardView)];
  }

  private thing(thing: Thing, first: boolean, mine: boolean): HTMLElement {
    const open = this.folded.get(thing.number) ?? first;
    const element = h(
      "details",
      { class: "skill-thing", open },
      h(
        "summary",
        { "data-focus": `skill-thing-${thing.number}` },
        h("span", {}, words.subject(words.kinds[thing.kind], thing.number)),
        thing.card.state && h("span", { class: `state ${thing.card.state.tone}` }, thing.card.state.label),
      ),
      cardView({ ...thing.card, state: null }),
      thing.proven === null && this.warning(thing, mine),
      h(
        "ul",
        { class: "verdicts", "aria-label": words.verdicts(thing.number) },
        ...thing.verdicts.map((verdict) => this.verdict(thing, verdict, mine)),
      ),
    );
    element.addEventListener("toggle", () => this.folded.set(thing.number, element.open));
    return element;
  }

  private warning(thing: Thing, mine: boolean): HTMLElement {
    // nobody can check whose visit it is
    const checks = mine && (thing.kind === "order" || thing.kind === "rental");
    return h(
      "div",
      { class: "skill-warning" },
      h("p", {}, words.unproven),
      checks &&
        button(words.askProof, () => this.insert(words.proofQuestion), {
          class: "button small",
          focus: `skill-proof-${thing.number}`,
        }),
      checks && this.proof(thing),
    );
  }

  /** What the customer answered is compared by the shop's system; the registered one is not shown. */
  private proof(thing: Thing): HTMLElement {
    const field = h("input", {
      type: "text",
      autocomplete: "off",
      placeholder: words.contact,
      "aria-label": words.contact,
      "data-focus": `skill-contact-${thing.number}`,
    });
    const error = h("p", { class: "error", role: "alert" });
    const submit = h("button", { type: "submit", class: "button small" }, words.prove);
    return h(
      "form",
      {
        class: "skill-search",
        onsubmit: async (event: Event) => {
          event.preventDefault();
          const contact = field.value.trim();
          if (!contact || submit.disabled) return;
          submit.disabled = true;
          const chat = this.chat;
          const wrong = await this.skills.prove(thing.number, contact, words.proveFailed);
          submit.disabled = false;
          error.textContent = wrong;
          if (wrong === null && chat !== null) void this.desk.chats.refresh(chat);
        },
      },
      field,
      submit,
      error,
    );
  }

  private verdict(thing: Thing, verdict: Verdict, mine: boolean): HTMLElement {
    const id = `why-${thing.number}-${verdict.act}`;
    return h(
      "li",
      { class: "verdict" },
      h(
        "p",
        { class: "verdict-head" },
        h("span", { class: "verdict-title" }, verdict.title),
        h("span", { class: `state ${TONES[verdict.ruling]}` }, verdict.label),
        verdict.until !== null && h("span", { class: "verdict-until" }, verdict.until),
      ),
      h("p", { class: "verdict-reason", id }, verdict.reason),
      h("p", { class: "verdict-buttons" }, ...this.buttons(thing, verdict, mine, id)),
    );
  }

  private buttons(thing: Thing, verdict: Verdict, mine: boolean, why: string): Node[] {
    const made: HTMLButtonElement[] = [];
    const known = words.acts[verdict.act];
    if (known && verdict.ruling !== "told") {
      const name = verdict.ruling === "inquiry" ? words.asInquiry : known[0];
      const allowed = mine && verdict.ruling !== "no";
      const act = button(name, () => askDeed(this.desk, this.skills, thing, verdict), {
        class: "button small",
        focus: `skill-${thing.number}-${verdict.act}`,
        disabled: !allowed,
      });
      if (verdict.ruling === "inquiry") act.setAttribute("aria-label", `${verdict.title}: ${name}`);
      act.setAttribute("aria-describedby", why);
      made.push(act);
    }
    const { sentence } = verdict;
    if (mine && sentence !== null) {
      const tell = button(words.insert, () => this.insert(sentence), {
        class: "button small",
        focus: `skill-tell-${thing.number}-${verdict.act}`,
      });
      tell.setAttribute("aria-label", words.insertWhy(verdict.title));
      made.push(tell);
    }
    return made;
  }
}
