/** The agents' page: everybody who works at the desk, for those who manage them. */

import { h } from "../../shared/dom";
import { sentenceOf } from "../api";
import type { Desk } from "../desk";
import { agentRequests, byPresence, isFull } from "../people";
import { may } from "../state";
import { strings } from "../strings.ja";
import { people } from "../strings.people.ja";
import { momentText } from "../time";
import type { Agent, AgentForm } from "../types";
import { showDialog } from "./dialog";
import { formDialog, labelled } from "./formdialog";
import { presenceMark } from "./presence";
import { button, draw } from "./region";

const words = people.agents;
const ROLES = ["agent", "lead", "admin", "auditor"];
const CAPACITY = 4;

/** A password that was made up, shown once. */
function showPassword(name: string, password: string): void {
  const dialog = showDialog(words.made(name), [
    h("code", { class: "secret" }, password),
    h("p", { class: "hint" }, words.madeHelp),
    h(
      "div",
      { class: "dialog-buttons" },
      button(strings.accountDialog.close, () => dialog.close()),
    ),
  ]);
}

/** Does a request about an agent and shows how everybody is now; returns why it was refused, else null. */
async function attempt(desk: Desk, work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
  } catch (error) {
    return sentenceOf(error, words.failed);
  }
  await desk.loadAgents();
  return null;
}

function fields(agent: Agent | null) {
  const name = h("input", { required: true, maxlength: "80", value: agent?.name ?? "" });
  const login = h("input", {
    maxlength: "64",
    autocapitalize: "none",
    spellcheck: "false",
    autocomplete: "off",
  });
  const email = h("input", { type: "email", maxlength: "254", value: agent?.email ?? "" });
  const capacity = h("input", {
    type: "number",
    min: "1",
    max: "50",
    value: String(agent?.capacity ?? CAPACITY),
  });
  const role = h(
    "select",
    {},
    ...ROLES.map((id) =>
      h("option", { value: id, selected: id === (agent?.role ?? "agent") }, strings.role(id)),
    ),
  );
  const password = h("input", { type: "password", autocomplete: "new-password" });
  const form = (): AgentForm => ({
    name: name.value.trim(),
    role: role.value,
    email: email.value.trim() || null,
    capacity: Number(capacity.value),
  });
  const shared = [
    labelled(words.columns.name, name),
    labelled(words.columns.role, role),
    labelled(words.email, email),
    labelled(words.capacity, capacity, words.capacityHelp),
  ];
  return { name, login, password, form, shared };
}

function askNew(desk: Desk): void {
  const { login, password, form, shared } = fields(null);
  let made: string | null = null;
  const dialog = formDialog({
    title: words.add,
    fields: [
      labelled(words.columns.login, login, words.loginHelp),
      ...shared,
      labelled(words.passwordField, password, words.passwordHelp),
    ],
    submit: words.add,
    save: () =>
      attempt(desk, async () => {
        made = await agentRequests.add(desk.api, { login: login.value.trim(), ...form() }, password.value);
      }),
  });
  dialog.addEventListener("close", () => {
    if (made !== null) showPassword(form().name, made);
  });
  login.focus();
}

function askChange(desk: Desk, agent: Agent): void {
  const { name, form, shared } = fields(agent);
  formDialog({
    title: `${agent.name} ・ ${words.change}`,
    fields: shared,
    submit: words.save,
    save: () => attempt(desk, () => agentRequests.change(desk.api, agent.id, form())),
  });
  name.focus();
}

function askSure(
  desk: Desk,
  title: string,
  question: string,
  work: () => Promise<void>,
  after: () => void = () => undefined,
): void {
  let done = false;
  const dialog = formDialog({
    title,
    fields: [h("p", {}, question)],
    submit: title,
    danger: true,
    save: async () => {
      const wrong = await attempt(desk, work);
      done = wrong === null;
      return wrong;
    },
  });
  dialog.addEventListener("close", () => {
    if (done) after();
  });
}

function askPassword(desk: Desk, agent: Agent): void {
  let made: string | null = null;
  askSure(
    desk,
    words.password,
    words.passwordAsk(agent.name),
    async () => {
      made = await agentRequests.reset(desk.api, agent.id);
    },
    () => made !== null && showPassword(agent.name, made),
  );
}

function deeds(desk: Desk, agent: Agent, problem: HTMLElement): HTMLElement[] {
  const small = (title: string, onclick: () => void): HTMLElement => {
    const made = button(title, onclick, { class: "button small", focus: `${title}-${agent.id}` });
    made.setAttribute("aria-label", `${agent.name}: ${title}`);
    return made;
  };
  const unlock = async (): Promise<void> => {
    problem.textContent = await attempt(desk, () => agentRequests.unlock(desk.api, agent.id));
  };
  const removing = (): void =>
    askSure(desk, words.remove, words.removeAsk(agent.name), () => agentRequests.remove(desk.api, agent.id));
  const resetting = (): void =>
    askSure(desk, words.resetTotp, words.totpAsk(agent.name), () =>
      agentRequests.resetTotp(desk.api, agent.id),
    );
  const others = agent.id !== desk.store.state.me?.id;
  return [
    small(words.change, () => askChange(desk, agent)),
    others && small(words.password, () => askPassword(desk, agent)),
    isLocked(agent) && small(words.unlock, () => void unlock()),
    others && agent.totp && small(words.resetTotp, resetting),
    others && small(words.remove, removing),
  ].filter((each): each is HTMLElement => !!each);
}

const isLocked = (agent: Agent): boolean => Date.parse(agent.lockedUntil ?? "") > Date.now();

function rowView(desk: Desk, agent: Agent, manages: boolean, problem: HTMLElement): HTMLElement {
  const full = isFull(agent);
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      agent.name,
      agent.id === desk.store.state.me?.id && h("span", { class: "tag" }, people.popover.me),
      agent.email !== null && h("span", { class: "hint" }, agent.email),
    ),
    h("td", {}, agent.login),
    h("td", { class: "whole" }, strings.role(agent.role)),
    h("td", {}, presenceMark(agent.presence)),
    h("td", { class: full ? "load full" : "load" }, people.load(agent.chats, agent.capacity)),
    h(
      "td",
      {},
      agent.totp ? words.totpOn : words.totpOff,
      isLocked(agent) && h("span", { class: "mark bad" }, words.locked(momentText(agent.lockedUntil ?? ""))),
    ),
    manages && h("td", {}, h("div", { class: "deeds" }, ...deeds(desk, agent, problem))),
  );
}

export function agentsView(desk: Desk): HTMLElement {
  const { store } = desk;
  const problem = h("p", { class: "error", role: "alert" });
  const content = h("div", {
    class: "page-scroller",
    tabindex: 0,
    role: "region",
    "aria-label": words.title,
  });
  draw(
    store,
    content,
    (state) => [state.agents, state.me?.id, state.me?.role],
    (state) => {
      const manages = may(state.me, "manage_agents");
      const { deeds: last, ...columns } = words.columns;
      const heads = [...Object.values(columns), ...(manages ? [last] : [])];
      return [
        h(
          "header",
          { class: "page-head" },
          h("h2", {}, words.title),
          manages && button(words.add, () => askNew(desk), { class: "button primary", focus: "add" }),
        ),
        problem,
        h(
          "table",
          { class: "agents" },
          h("thead", {}, h("tr", {}, ...heads.map((title) => h("th", { scope: "col" }, title)))),
          h("tbody", {}, ...byPresence(state.agents).map((each) => rowView(desk, each, manages, problem))),
        ),
      ];
    },
  );
  return h("main", { class: "page", "aria-label": words.title }, content);
}
