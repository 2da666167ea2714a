// What is tapped: a control for each kind of action, and what it does.
import { byId, make } from "./dom.js";
import { post } from "./server.js";
import { STRINGS } from "./strings.ja.js";

const PICKERS = { date: "date", time: "time", datetime: "datetime-local" };

// Returns the control of an action; `user` is the one who taps, `content` what is inside it.
export function control(action, user, { className = "", content = [] } = {}) {
  const inside = content.length ? content : [action.label || action.text || action.data || ""];
  if (action.type === "uri") return link(action, user, className, inside);
  if (action.type === "datetimepicker") return picker(action, user, className, inside);
  return make("button", { type: "button", class: className, onclick: () => tap(action, user) }, ...inside);
}

export function tap(action, user, picked = null) {
  if (action.type === "clipboard") return navigator.clipboard.writeText(action.clipboardText);
  if (action.type === "camera" || action.type === "cameraRoll") return byId("picture").click();
  if (action.type === "location") return post(`users/${user}/sample`, { kind: "location" });
  if (action.type === "uri") return window.open(address(action.uri, user), "_blank", "noopener");
  return post(`users/${user}/taps`, { action, picked });
}

function link(action, user, className, inside) {
  const attributes = { class: className, href: address(action.uri, user), target: "_blank", rel: "noopener" };
  return make("a", attributes, ...inside);
}

// LINE's own page that ends an account link is the sandbox's here.
function address(uri, user) {
  const url = new URL(uri);
  if (url.pathname !== "/dialog/bot/accountLink") return uri;
  url.searchParams.set("as", user);
  return `${url.pathname}${url.search}`;
}

function picker(action, user, className, inside) {
  const input = make("input", {
    type: PICKERS[action.mode],
    value: action.initial,
    min: action.min,
    max: action.max,
    "aria-label": STRINGS.choose,
  });
  const send = () => input.value && tap(action, user, { [action.mode]: input.value });
  const button = make("button", { type: "button", class: className, onclick: send }, ...inside);
  return make("span", { class: "picker" }, input, button);
}
