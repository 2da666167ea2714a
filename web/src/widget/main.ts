/** The entry: reads the script tag, puts the widget on the page, offers `window.Madoguchi`. */

import { accentTokens, applyAccent } from "../design/color";
import tokens from "../design/tokens.css?inline";
import { readConfig } from "./config";
import { Session } from "./session";
import { storage } from "./storage";
import { strings } from "./strings.ja";
import composer from "./styles/composer.css?inline";
import files from "./styles/files.css?inline";
import frame from "./styles/frame.css?inline";
import menu from "./styles/menu.css?inline";
import messages from "./styles/messages.css?inline";
import parts from "./styles/parts.css?inline";
import small from "./styles/small.css?inline";
import { Announcer } from "./view/announcer";
import { Launcher } from "./view/launcher";
import { Panel } from "./view/panel";

declare global {
  interface Window {
    Madoguchi?: {
      open(): void;
      close(): void;
      setIdentity(jwt: string | null): void;
    };
  }
}

function mount(script: HTMLScriptElement | null): void {
  const config = readConfig(script, window.location.origin);
  const session = new Session(config, config.identity);
  const { store } = session;
  const shop = config.name ?? strings.shopName(config.site);

  const host = document.createElement("madoguchi-widget");
  host.lang = "ja";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([tokens, frame, composer, messages, parts, files, menu, small].join("\n"));
  root.adoptedStyleSheets = [sheet];
  applyAccent(host.style, accentTokens(config.color));

  const open = (focus: boolean) => {
    if (store.state.open && focus) return;
    session.open();
    launcher.update(store.state);
    panel.show(focus);
  };
  const close = () => {
    if (!store.state.open) return;
    session.close();
    panel.hide();
    launcher.update(store.state);
    launcher.element.focus({ preventScroll: true });
  };

  const launcher = new Launcher(config.label ?? strings.launcher, () => open(true));
  const panel = new Panel(session, shop, config.hours, config.api, close);
  const announcer = new Announcer();
  root.append(launcher.element, panel.element, announcer.element);

  session.inbox.onNew = (list) => {
    announcer.messages(list, store.state);
    panel.log.count(list.length);
  };
  store.subscribe(() => {
    launcher.update(store.state);
    announcer.update(store.state);
  });

  document.body.append(host);
  window.Madoguchi = {
    open: () => open(true),
    close,
    setIdentity: (jwt) => session.setIdentity(typeof jwt === "string" && jwt ? jwt : null),
  };
  if (storage.wasOpen()) open(false);
  else session.resume();
}

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
if (!window.Madoguchi && "adoptedStyleSheets" in document) {
  if (document.body) mount(script);
  else document.addEventListener("DOMContentLoaded", () => mount(script));
}
