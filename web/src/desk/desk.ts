/** The desk's life: signing in and out, the parts that work together, where the address leads. */

import { ApiError } from "../shared/api-error";
import { DeskApi, DeskError } from "./api";
import { Attaching } from "./attaching";
import { Chats } from "./chats";
import { drafts } from "./drafts";
import { InquiryDesk } from "./inquiries";
import { neighbour } from "./lists";
import { Live } from "./live";
import { Looking } from "./looking";
import { NotificationDesk } from "./notifications";
import { type Preferences, savePreferences } from "./preferences";
import { Sending } from "./sending";
import { Skills } from "./skills";
import { initialState, may, type Store } from "./state";
import { strings } from "./strings.ja";
import type { Agent, ChatSummary, Presence } from "./types";

const TICK = 5000;
const START_AGAIN = 3000;

export type SignInResult = "ok" | "code" | "code_wrong" | "failed" | "locked" | { sentence: string };

export class Desk {
  readonly api = new DeskApi();
  readonly chats: Chats;
  readonly sending: Sending;
  readonly attaching: Attaching;
  readonly inquiries: InquiryDesk;
  readonly notifications: NotificationDesk;
  readonly skills: Skills;
  readonly looking: Looking;
  private readonly live: Live;
  private inquiriesLoaded = false;
  /** The view shows a text in the reply box of a chat. */
  onReturned: (chat: string, text: string, place: boolean) => void = () => undefined;
  /** The agent took the open chat with its button, which is gone now. */
  onTaken: () => void = () => undefined;
  /** A chat changed, before it is shown. */
  onChat: (summary: ChatSummary) => void = () => undefined;

  constructor(readonly store: Store) {
    this.chats = new Chats(store, this.api);
    this.attaching = new Attaching(store, this.api);
    this.inquiries = new InquiryDesk(store, this.api);
    this.notifications = new NotificationDesk(store, this.api);
    this.skills = new Skills(store, this.api);
    this.looking = new Looking(store, this.api);
    this.sending = new Sending(store, this.api, {
      arrived: (chat, message) => this.chats.message(chat, message),
      returned: (chat, text, error, files) => {
        this.attaching.giveBack(chat, files);
        this.returned(chat, text, error);
      },
    });
    this.live = new Live(store, this.api, {
      chat: (summary) => {
        this.onChat(summary);
        this.chats.changed(summary);
      },
      message: (chat, message) => {
        this.sending.confirmed(message);
        this.chats.message(chat, message);
      },
      typing: (chat, on) => this.chats.customerTypes(chat, on),
      looking: (chat, agent, on, writes) => this.looking.heard(chat, agent, on, writes),
      hidden: (chat) => this.chats.hide(chat),
      missed: () => void this.chats.reload(),
      gone: () => this.signedOut(strings.signIn.ended),
    });
    this.api.onSignedOut = () => this.signedOut(strings.signIn.ended);
  }

  async start(): Promise<void> {
    setInterval(() => this.store.set({ now: Date.now() }), TICK);
    window.addEventListener("hashchange", () => this.follow());
    window.addEventListener("online", () => this.live.reconnect());
    document.addEventListener("visibilitychange", () => this.looked());
    this.looking.start();
    await this.resume();
  }

  private async resume(): Promise<void> {
    try {
      this.welcome(await this.api.session());
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.store.set({ phase: "signed-out" });
      else {
        this.store.set({ phase: "unreachable" });
        setTimeout(() => void this.resume(), START_AGAIN);
      }
    }
  }

  async signIn(login: string, password: string, code: string): Promise<SignInResult> {
    try {
      this.welcome(await this.api.signIn(login, password, code));
      return "ok";
    } catch (error) {
      const problem = error instanceof DeskError ? error.code : "";
      if (problem === "code_needed") return code ? "code_wrong" : "code";
      if (problem === "locked") return "locked";
      if (problem === "login_failed") return "failed";
      const sentence = error instanceof ApiError ? error.detail : null;
      return { sentence: sentence ?? strings.unsent.network };
    }
  }

  private welcome(me: Agent): void {
    drafts.belongTo(me.id);
    this.store.set({ me, phase: "ready", farewell: null, agents: [me] });
    this.sending.restore();
    this.live.start();
    void this.chats.load("queue");
    void this.chats.load("mine");
    if (this.store.state.list !== "queue") void this.chats.load(this.store.state.list);
    this.follow();
    void this.loadAgents();
    void this.loadCanned();
  }

  /** Who works at the desk and who is there. True when it is known now. */
  async loadAgents(): Promise<boolean> {
    try {
      this.store.set({ agents: await this.api.agents() });
      return true;
    } catch {
      return false;
    }
  }

  async loadCanned(): Promise<boolean> {
    try {
      this.store.set({ canned: await this.api.canned(null) });
      return true;
    } catch {
      return false;
    }
  }

  async signOut(): Promise<void> {
    try {
      await this.api.signOut();
    } catch {
      // the session may be over already
    }
    drafts.forget();
    this.signedOut();
    history.replaceState(null, "", location.pathname);
  }

  /** Nothing of a customer stays on the screen of someone who is not signed in; drafts stay kept. */
  signedOut(farewell: string | null = null): void {
    if (this.store.state.phase === "signed-out") return;
    this.live.stop();
    this.inquiriesLoaded = false;
    const { preferences } = this.store.state;
    this.store.set({ ...initialState(preferences, Date.now()), phase: "signed-out", farewell });
  }

  async presence(presence: Presence): Promise<void> {
    const { me } = this.store.state;
    if (!me) return;
    this.store.set({ me: { ...me, presence } });
    try {
      await this.api.presence(presence);
    } catch {
      if (this.store.state.me) this.store.set({ me: { ...this.store.state.me, presence: me.presence } });
    }
  }

  prefer(patch: Partial<Preferences>): void {
    const preferences = { ...this.store.state.preferences, ...patch };
    this.store.set({ preferences });
    savePreferences(preferences);
  }

  /** Goes where the address says. */
  follow(): void {
    if (this.store.state.phase !== "ready") return;
    const [page, id] = location.hash.replace(/^#\/?/, "").split("/");
    const target = id ? decoded(id) : null;
    if (page === "chat" && target) void this.chats.open(target);
    else if (page === "inquiries" || page === "inquiry") {
      this.store.set({ page: "inquiries" });
      if (!this.inquiriesLoaded) void this.inquiries.load();
      this.inquiriesLoaded = true;
      if (target) void this.inquiries.open(target);
    } else if (page === "agents" && may(this.store.state.me, "read_agents")) {
      this.store.set({ page: "agents" });
      void this.loadAgents();
    } else if (page === "notifications" && may(this.store.state.me, "read_all")) {
      this.store.set({ page: "notifications" });
      void this.notifications.load();
    } else if (page === "canned") {
      this.store.set({ page: "canned" });
      void this.loadCanned();
    } else {
      this.store.set({ page: "chats" });
      this.chats.leave();
    }
  }

  /** Moves the cursor of the shown list. */
  move(step: 1 | -1): void {
    const { lists, list, cursor, open } = this.store.state;
    this.store.set({ cursor: neighbour(lists[list], cursor ?? open?.id ?? null, step) });
  }

  openCursor(): void {
    const { cursor } = this.store.state;
    if (cursor) location.hash = `#/chat/${encodeURIComponent(cursor)}`;
  }

  private looked(): void {
    if (document.visibilityState !== "visible") return;
    this.store.set({ now: Date.now() });
    const { open } = this.store.state;
    // what came while nobody looked counts as read from now on
    if (open?.chat && open.chat.summary.unread > 0) void this.chats.refresh(open.id);
    this.chats.seen();
  }

  private returned(chat: string, text: string, error: DeskError): void {
    const draft = drafts.get("reply", chat);
    drafts.set("reply", chat, draft.trim() ? `${text}\n${draft}` : text);
    const place = error.code === "placeholder_empty";
    if (place) this.store.setOpen(chat, { notice: error.detail ?? strings.composer.place("") });
    else this.chats.refused(chat, error);
    this.onReturned(chat, drafts.get("reply", chat), place);
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
