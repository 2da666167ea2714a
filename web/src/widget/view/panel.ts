/** The dialog: what is in it, where the focus goes, and how it takes the whole of a small screen. */

import { h } from "../../shared/dom";
import { identityAsked } from "../identity";
import type { Session } from "../session";
import { strings } from "../strings.ja";
import { TranscriptApi } from "../transcript";
import { Back } from "./back";
import { Composer } from "./composer";
import { Header } from "./header";
import { IdentityForm } from "./identity";
import { Log } from "./log";
import { Menu } from "./menu";

/** Kept the same as in the style sheet. */
const SMALL = "(max-width: 480px), (max-height: 520px)";

export class Panel {
  readonly element: HTMLElement;
  readonly log: Log;
  readonly composer: Composer;
  private readonly header: Header;
  private readonly small = window.matchMedia(SMALL);
  private readonly back: Back;
  private pageOverflow: string | null = null;

  constructor(
    session: Session,
    shop: string,
    hours: string | null,
    api: string,
    private readonly close: () => void,
  ) {
    this.back = new Back(close);
    const identity = new IdentityForm((number, contact, key) => {
      this.log.resumeFollowing();
      return session.identify(number, contact, key);
    });
    this.log = new Log({
      identity: identity.element,
      choose: (id, title) => {
        session.choose(id, title);
        this.log.resumeFollowing();
      },
      begun: session.words,
      word: (text, about) => {
        session.word(text, about);
        this.log.resumeFollowing();
      },
      retry: (clientId) => session.outbox.retry(clientId),
      edit: (pending) => {
        session.outbox.remove(pending.clientId);
        this.composer.restore(pending.text);
        this.composer.field.focus();
      },
      cancel: (clientId) => session.cancel(clientId),
      fileUrl: (path) => session.fileUrl(path),
      startAgain: () => session.begin(),
      startNew: () => session.restart(),
    });
    this.composer = new Composer(
      (text) => {
        session.send(text);
        this.log.resumeFollowing();
      },
      (text) => {
        session.draft = text;
      },
      (files) => {
        session.sendFiles(files);
        this.log.resumeFollowing();
      },
    );
    this.composer.text = session.draft;
    const transcript = new TranscriptApi(api);
    const menu = new Menu({
      byEmail: () => transcript.byEmail(),
      file: () => session.within((conversation) => transcript.file(conversation)),
      mail: (email) => session.within((conversation) => transcript.mail(conversation, email)),
    });
    this.header = new Header(shop, hours, close, menu.element);
    this.element = h(
      "div",
      { class: "panel", role: "dialog", "aria-label": strings.panel(shop), tabindex: -1, hidden: true },
      this.header.element,
      this.header.network,
      menu.sheet,
      h("div", { class: "middle" }, this.log.scroller, this.log.jump),
      this.composer.element,
    );
    this.composer.attach.listen(this.element);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.small.addEventListener("change", () => this.fit());
    window.visualViewport?.addEventListener("resize", () => this.fit());
    window.visualViewport?.addEventListener("scroll", () => this.fit());

    session.store.subscribe(() => {
      const { owner } = session.store.state.owner;
      this.composer.attach.allow(owner === "queue" || owner === "agent");
      if (identityAsked(session.store.state) === null) identity.clear();
      this.header.update(session.store.state);
      if (!this.element.hidden) this.log.update(session.store.state);
    });
    session.inbox.atBottom = () => this.log.atBottom;
    session.onRestoreText = (text) => this.composer.restore(text);
    session.onSwitch = () => {
      this.composer.text = session.draft;
      menu.forget();
    };
    this.show = (focus) => {
      this.element.hidden = false;
      this.header.update(session.store.state);
      this.log.update(session.store.state);
      this.composer.grow();
      this.fit();
      if (focus) this.takeFocus();
    };
  }

  show: (focus: boolean) => void;

  hide(): void {
    this.element.hidden = true;
    this.fit();
  }

  /** To the text field; where that would bring up a keyboard over the greeting, to the dialog itself. */
  private takeFocus(): void {
    const touch = window.matchMedia("(pointer: coarse)").matches;
    (touch ? this.element : this.composer.field).focus({ preventScroll: true });
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) {
      event.stopPropagation();
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab" && this.small.matches) this.trap(event);
  }

  /** Full screen, the page behind cannot be seen: Tab goes round inside. */
  private trap(event: KeyboardEvent): void {
    const stops = [
      ...this.element.querySelectorAll<HTMLElement>("a[href], button, input, textarea, [tabindex='0']"),
    ].filter((each) => each.getClientRects().length > 0 && !each.matches(":disabled"));
    const [first, last] = [stops[0], stops.at(-1)];
    const active = (this.element.getRootNode() as ShadowRoot).activeElement;
    const leaving = event.shiftKey ? active === first || active === this.element : active === last;
    if (!leaving) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }

  /** Full screen: over what the keyboard leaves of the screen, with the page behind standing still. */
  private fit(): void {
    const full = !this.element.hidden && this.small.matches;
    const page = document.documentElement.style;
    if (full && this.pageOverflow === null) {
      this.pageOverflow = page.overflow;
      page.overflow = "hidden";
    } else if (!full && this.pageOverflow !== null) {
      page.overflow = this.pageOverflow;
      this.pageOverflow = null;
    }
    this.element.setAttribute("aria-modal", String(full));
    this.back.watch(full);
    const view = window.visualViewport;
    const { style } = this.element;
    if (full && view && Math.abs(view.scale - 1) < 0.01) {
      style.setProperty("--m-view-height", `${view.height}px`);
      style.setProperty("--m-view-top", `${view.offsetTop}px`);
    } else {
      style.removeProperty("--m-view-height");
      style.removeProperty("--m-view-top");
    }
  }
}
