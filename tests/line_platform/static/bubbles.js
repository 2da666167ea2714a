// Draws one bubble of the chat: the customer's or the bot's, with what it cost.
import { control } from "./actions.js";
import { make } from "./dom.js";
import { drawFlex } from "./flex.js";
import { post } from "./server.js";
import { STRINGS } from "./strings.ja.js";

export function drawBubble(bubble, user) {
  const side = bubble.from_bot ? "bot" : "customer";
  const row = make("li", { class: `row ${side}`, "data-id": bubble.id });
  row.append(bubble.unsent ? make("p", { class: "note" }, STRINGS.unsent) : content(bubble, user), foot(bubble, user));
  return row;
}

function content(bubble, user) {
  const message = bubble.message;
  const makers = { text, textV2: text, flex, template, image, video, audio, file, location, sticker };
  const maker = makers[message.type];
  return maker ? maker(message, user, bubble) : make("p", { class: "bubble" }, STRINGS.unknown(message.type));
}

function foot(bubble, user) {
  const time = new Date(bubble.at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" });
  const parts = [make("time", { datetime: bubble.at }, time)];
  if (bubble.from_bot) parts.push(make("span", { class: `cost ${bubble.via}` }, STRINGS[bubble.via]));
  else if (!bubble.unsent) {
    const unsend = () => post(`users/${user}/unsends`, { message: bubble.id });
    parts.push(make("button", { type: "button", class: "unsend", onclick: unsend }, STRINGS.unsend));
  }
  return make("p", { class: "foot" }, ...parts);
}

function text(message) {
  return make("p", { class: "bubble" }, message.text);
}

function flex(message, user) {
  return make("div", { class: "flex", "aria-label": message.altText }, drawFlex(message.contents, user));
}

function template(message, user) {
  const content = message.template;
  const columns = content.columns ?? [content];
  const cards = columns.map((column) => card(column, user));
  return make("div", { class: columns.length > 1 ? "carousel" : "", tabindex: columns.length > 1 ? "0" : null }, ...cards);
}

function card(column, user) {
  const picture = column.thumbnailImageUrl ?? column.imageUrl;
  const actions = column.actions ?? [column.action];
  return make(
    "div",
    { class: "card" },
    picture ? make("img", { src: picture, alt: "" }) : null,
    column.title ? make("strong", {}, column.title) : null,
    column.text ? make("p", {}, column.text) : null,
    ...actions.map((action) => control(action, user, { className: "card-button" })),
  );
}

function image(message, _user, bubble) {
  const source = message.previewImageUrl ?? `/sandbox/content/${bubble.id}`;
  return make("img", { class: "picture", src: source, alt: STRINGS.image });
}

function video() {
  return make("p", { class: "bubble" }, STRINGS.video);
}

function audio() {
  return make("p", { class: "bubble" }, STRINGS.audio);
}

function file(message) {
  return make("p", { class: "bubble" }, STRINGS.file(message.fileName));
}

function location(message) {
  return make("p", { class: "bubble" }, make("strong", {}, message.title ?? ""), make("br"), message.address ?? "");
}

function sticker(message) {
  const words = (message.keywords ?? []).join("、") || `${message.packageId} / ${message.stickerId}`;
  return make("p", { class: "bubble sticker" }, STRINGS.sticker(words));
}
