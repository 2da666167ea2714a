/** The page: sign-in or the desk, and the keys that work everywhere. */

import { h } from "../../shared/dom";
import { Alerts } from "../alerts";
import type { Desk } from "../desk";
import { type Command, commandOf } from "../keyboard";
import type { PageName, State } from "../state";
import { strings } from "../strings.ja";
import { type Action, act } from "./actions";
import { agentsView } from "./agents";
import { cannedPage } from "./cannedpage";
import { Composer } from "./composer";
import { conversationView } from "./conversation";
import { customerView } from "./customer";
import { dialogOpen } from "./dialog";
import { showHelp } from "./help";
import { inquiriesView } from "./inquiries";
import { listView } from "./list";
import { notificationsView } from "./notifications";
import { draw } from "./region";
import { signInView } from "./signin";
import { topbar } from "./topbar";

const SPOKEN = 200;

/** What is said to those who do not see: new waiting customers, and messages in the open chat. */
function announcer(desk: Desk): HTMLElement {
  const element = h("p", { class: "vh", role: "status", "aria-live": "polite" });
  const say = (text: string): void => {
    element.textContent = text;
  };
  const alerts = new Alerts(say, (id) => {
    location.hash = `#/chat/${encodeURIComponent(id)}`;
  });
  let chat: string | null = null;
  let last = 0;
  const listen = (state: State): void => {
    alerts.look(state);
    const newest = state.open?.chat?.messages.at(-1);
    if (!newest) return;
    if (state.open?.id === chat && newest.seq > last && newest.from === "customer")
      say(strings.announce.message(newest.text.slice(0, SPOKEN)));
    chat = state.open?.id ?? null;
    last = newest.seq;
  };
  desk.store.subscribe(() => listen(desk.store.state));
  desk.onChat = (summary) => alerts.chat(summary, desk.store.state);
  desk.chats.onOwn = (id) => alerts.did(id);
  return element;
}

function chatsPage(desk: Desk, composer: Composer): HTMLElement {
  const page = h("main", { class: "columns" });
  const customer = (shown: boolean): void => {
    page.classList.toggle("show-customer", shown);
  };
  page.append(
    listView(desk),
    conversationView(desk, composer, () => customer(true)),
    customerView(
      desk,
      {
        send: (text) => {
          customer(false);
          composer.sendNow(text);
        },
        edit: (text) => {
          customer(false);
          composer.insert(text);
        },
      },
      () => customer(false),
    ),
  );
  desk.store.subscribe(() => page.classList.toggle("has-open", desk.store.state.open !== null));
  return page;
}

/** The tab's title says how many wait, and whether an own customer has written, for those who work in another one. */
function titled(desk: Desk): void {
  const look = (): void => {
    const { phase, lists } = desk.store.state;
    const { chats, next } = lists.queue;
    const count = phase === "ready" ? chats.length : 0;
    const waiting = count > 0 ? `(${count}${next === null ? "" : "+"}) ` : "";
    const written = phase === "ready" && lists.mine.chats.some((chat) => chat.unread > 0);
    const title = `${written ? strings.newMark : ""}${waiting}${strings.title}`;
    if (document.title !== title) document.title = title;
  };
  desk.store.subscribe(look);
  look();
}

function deskView(desk: Desk, composer: Composer): HTMLElement {
  const pages: Record<PageName, HTMLElement> = {
    chats: chatsPage(desk, composer),
    inquiries: inquiriesView(desk),
    canned: cannedPage(desk),
    agents: agentsView(desk),
    notifications: notificationsView(desk),
  };
  const show = (): void => {
    for (const [name, page] of Object.entries(pages)) page.hidden = desk.store.state.page !== name;
  };
  desk.store.subscribe(show);
  show();
  const skip = h(
    "button",
    {
      type: "button",
      class: "skip",
      onclick: () => document.getElementById("conversation")?.focus(),
    },
    strings.skip,
  );
  return h("div", { class: "desk" }, skip, topbar(desk), ...Object.values(pages));
}

function run(desk: Desk, composer: Composer, command: Command): void {
  const actions: Partial<Record<Command, Action>> = {
    take: "take",
    close: "close",
    back: "back",
    snooze: "snooze",
    transfer: "transfer",
  };
  const action = actions[command];
  if (action) act(desk, action);
  else if (command === "help") showHelp();
  else if (desk.store.state.page !== "chats") return;
  else if (command === "search") document.getElementById("search")?.focus();
  else if (command === "next") desk.move(1);
  else if (command === "previous") desk.move(-1);
  else if (command === "open") desk.openCursor();
  else if (command === "reply" || command === "note") composer.write(command);
}

export function mount(desk: Desk, root: HTMLElement): void {
  const { store } = desk;
  const composer = new Composer(desk);
  desk.onReturned = (chat, text, place) => composer.returned(chat, text, place);
  desk.onTaken = () => composer.write("reply");
  const view = deskView(desk, composer);
  const frame = h("div", { class: "frame" });
  root.append(frame, announcer(desk));
  titled(desk);
  draw(
    store,
    frame,
    (state) => [state.phase],
    ({ phase }) => {
      if (phase === "ready") return [view];
      if (phase === "signed-out") return [signInView(desk)];
      const words = phase === "starting" ? strings.starting : strings.unreachable;
      return [h("main", { class: "signin-page" }, h("p", { role: "status" }, words))];
    },
  );
  document.addEventListener("keydown", (event) => {
    if (store.state.phase !== "ready" || !store.state.preferences.keys || dialogOpen()) return;
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    run(desk, composer, command);
  });
}
