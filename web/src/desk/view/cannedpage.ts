/** The canned answers' page: found by words and site, written with a preview of what is filled in. */

import { h } from "../../shared/dom";
import { DeskError, sentenceOf } from "../api";
import { listed, matches, saveCanned, wrongWith } from "../canned";
import type { Desk } from "../desk";
import { filled, places, splitPlaces } from "../placeholders";
import { may, type State } from "../state";
import { strings } from "../strings.ja";
import { people } from "../strings.people.ja";
import type { Canned } from "../types";
import { formDialog, labelled } from "./formdialog";
import { button, draw } from "./region";

const words = people.canned;
const SITES = ["store", "rental"];

const siteName = (site: string | null): string => (site === null ? words.every : strings.site(site));

/** The text with what is filled in by itself, and the open places marked. */
function previewNodes(text: string, agent: string): Node[] {
  const known = { お客様名: words.previewName, お名前: words.previewName, 担当者名: agent };
  return splitPlaces(filled(text, known)).map((piece) =>
    piece.place ? h("mark", {}, piece.text) : document.createTextNode(piece.text),
  );
}

function siteField(chosen: string | null): HTMLSelectElement {
  return h(
    "select",
    {},
    h("option", { value: "" }, words.every),
    ...SITES.map((id) => h("option", { value: id, selected: id === chosen }, strings.site(id))),
  );
}

function askCanned(desk: Desk, canned: Canned | null): void {
  const agent = desk.store.state.me?.name ?? "";
  const shortcut = h("input", {
    value: canned?.shortcut ?? "",
    maxlength: "40",
    autocapitalize: "none",
    autocomplete: "off",
    spellcheck: "false",
    autofocus: true,
  });
  const title = h("input", { value: canned?.title ?? "", maxlength: "80" });
  const text = h("textarea", { rows: 6, maxlength: "5000" });
  text.value = canned?.text ?? "";
  const site = siteField(canned?.site ?? null);
  const preview = h("div", { class: "preview bubble" });
  const open = h("p", { class: "hint" });
  const look = (): void => {
    preview.replaceChildren(...previewNodes(text.value, agent));
    const names = places(filled(text.value, { お客様名: "x", お名前: "x", 担当者名: "x" }));
    const all = names.map((each) => each.name).filter(Boolean);
    open.textContent = all.length > 0 ? words.places(all.join("、")) : "";
  };
  text.addEventListener("input", look);
  look();
  formDialog({
    title: canned ? `${canned.title} ・ ${words.change}` : words.add,
    class: "wide",
    fields: [
      labelled(words.shortcut, shortcut, words.shortcutHelp),
      labelled(words.name, title),
      labelled(words.site, site),
      labelled(words.text, text, words.textHelp),
      h(
        "section",
        { class: "preview-part", "aria-label": words.preview },
        h("h3", {}, words.preview),
        preview,
        open,
      ),
    ],
    submit: words.save,
    save: () =>
      save(desk, {
        id: canned?.id ?? "",
        shortcut: shortcut.value.trim(),
        title: title.value.trim(),
        text: text.value.trim(),
        site: site.value || null,
      }),
  });
}

async function save(desk: Desk, canned: Canned): Promise<string | null> {
  const wrong = wrongWith(canned, desk.store.state.canned);
  if (wrong !== null) return wrong;
  try {
    await saveCanned(desk.api, canned);
  } catch (error) {
    const taken = error instanceof DeskError && error.code === "shortcut_taken";
    return taken ? words.shortcutTaken : sentenceOf(error, words.failed);
  }
  await desk.loadCanned();
  return null;
}

function askRemove(desk: Desk, canned: Canned): void {
  formDialog({
    title: words.remove,
    fields: [h("p", {}, words.removeAsk(canned.title))],
    submit: words.remove,
    danger: true,
    save: async () => {
      try {
        await desk.api.call("DELETE", `/canned/${encodeURIComponent(canned.id)}`);
      } catch (error) {
        return sentenceOf(error, words.failed);
      }
      await desk.loadCanned();
      return null;
    },
  });
}

function cardView(desk: Desk, canned: Canned, writes: boolean): HTMLElement {
  const named = (title: string, onclick: () => void): HTMLElement => {
    const made = button(title, onclick, { class: "button small", focus: `${title}-${canned.id}` });
    made.setAttribute("aria-label", `${canned.title}: ${title}`);
    return made;
  };
  return h(
    "li",
    { class: "canned-card" },
    h(
      "p",
      { class: "canned-head" },
      h("kbd", {}, `;${canned.shortcut}`),
      h("strong", {}, canned.title),
      h("span", { class: "tag" }, siteName(canned.site)),
      writes && named(words.change, () => askCanned(desk, canned)),
      writes && named(words.remove, () => askRemove(desk, canned)),
    ),
    h(
      "p",
      { class: "canned-text" },
      ...splitPlaces(canned.text).map((piece) =>
        piece.place ? h("mark", {}, piece.text) : document.createTextNode(piece.text),
      ),
    ),
  );
}

function cardsOf(desk: Desk, state: State, wanted: string, site: string): Node[] {
  const writes = may(state.me, "write_canned");
  const all = listed(state.canned);
  const shown = all.filter((each) => matches(each, wanted, site || null));
  if (shown.length === 0) return [h("p", { class: "hint" }, all.length === 0 ? words.empty : words.noMatch)];
  return [h("ul", { class: "canned-cards" }, ...shown.map((each) => cardView(desk, each, writes)))];
}

export function cannedPage(desk: Desk): HTMLElement {
  const { store } = desk;
  const search = h("input", { type: "search", "aria-label": words.search, placeholder: words.search });
  const site = siteField(null);
  site.setAttribute("aria-label", words.site);
  const add = button(words.add, () => askCanned(desk, null), { class: "button primary" });
  const hint = h("p", { class: "hint" }, words.readOnly);
  const cards = h("div", {});
  const look = (): void => cards.replaceChildren(...cardsOf(desk, store.state, search.value, site.value));
  search.addEventListener("input", look);
  site.addEventListener("change", look);
  draw(
    store,
    cards,
    (state) => [state.canned, state.me?.role],
    (state) => {
      add.hidden = !may(state.me, "write_canned");
      hint.hidden = !add.hidden;
      return cardsOf(desk, state, search.value, site.value);
    },
  );
  return h(
    "main",
    { class: "page", "aria-label": words.title },
    h(
      "div",
      { class: "page-scroller", tabindex: 0, role: "region", "aria-label": words.title },
      h("header", { class: "page-head" }, h("h2", {}, words.title), add),
      hint,
      h("div", { class: "page-filter" }, search, site),
      cards,
    ),
  );
}
