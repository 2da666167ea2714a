// Draws a Flex Message as far as its meaning goes: blocks, boxes, shares, sizes and colours.
import { control } from "./actions.js";
import { make } from "./dom.js";

const SPACES = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const FONTS = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const PICTURES = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const WIDTHS = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const LINES = { start: "start", center: "center", end: "end" };
const HEIGHTS = { top: "flex-start", center: "center", bottom: "flex-end" };

export function drawFlex(container, user) {
  if (container.type !== "carousel") return drawBubble(container, user);
  return make("div", { class: "carousel", tabindex: "0" }, ...container.contents.map((each) => drawBubble(each, user)));
}

function drawBubble(bubble, user) {
  const blocks = ["header", "hero", "body", "footer"].filter((name) => bubble[name]);
  const card = make("div", { class: "flex-bubble" }, ...blocks.map((name) => drawBlock(bubble, name, user)));
  card.style.width = `${WIDTHS[bubble.size ?? "mega"]}px`;
  return tappable(bubble, card, user);
}

function drawBlock(bubble, name, user) {
  const block = make("div", { class: `flex-${name}` }, draw(bubble[name], user, "vertical"));
  const style = bubble.styles?.[name] ?? {};
  if (style.backgroundColor) block.style.background = style.backgroundColor;
  if (style.separator) block.style.borderTop = `1px solid ${style.separatorColor ?? "#d4d6da"}`;
  return block;
}

function draw(part, user, direction) {
  const makers = { box, text, button, image, icon, separator, video, filler };
  const element = (makers[part.type] ?? filler)(part, user, direction);
  place(part, element, direction);
  return part.type === "button" ? element : tappable(part, element, user);
}

function tappable(part, element, user) {
  if (!part.action) return element;
  const whole = control(part.action, user, { className: "flex-tap", content: [element] });
  whole.setAttribute("aria-label", part.action.label || element.textContent);
  whole.style.flex = element.style.flex;
  whole.style.marginTop = element.style.marginTop;
  whole.style.marginLeft = element.style.marginLeft;
  return whole;
}

function place(part, element, direction) {
  const share = part.flex ?? (direction === "vertical" || part.type === "icon" ? 0 : 1);
  element.style.flex = share > 0 ? `${share} ${share} 0` : "0 0 auto";
  if (part.margin) element.style[direction === "vertical" ? "marginTop" : "marginLeft"] = pixels(part.margin);
  if (part.gravity) element.style.alignSelf = HEIGHTS[part.gravity];
}

function box(part, user) {
  const direction = part.layout === "vertical" ? "vertical" : "horizontal";
  const contents = part.contents.map((each) => draw(each, user, direction));
  const element = make("div", { class: `flex-box ${part.layout}` }, ...contents);
  const style = element.style;
  if (part.spacing) style.gap = pixels(part.spacing);
  for (const side of ["All", "Top", "Bottom", "Start", "End"]) {
    const value = part[`padding${side}`];
    const property = { All: "padding", Start: "paddingLeft", End: "paddingRight" }[side] ?? `padding${side}`;
    if (value) style[property] = pixels(value);
  }
  style.background = background(part);
  if (part.borderWidth || part.borderColor)
    style.border = `${part.borderWidth?.endsWith("px") ? part.borderWidth : "1px"} solid ${part.borderColor ?? "#d4d6da"}`;
  if (part.cornerRadius) style.borderRadius = pixels(part.cornerRadius);
  for (const name of ["width", "maxWidth", "height", "maxHeight", "justifyContent", "alignItems"])
    if (part[name]) style[name] = part[name];
  return element;
}

function background(part) {
  const filled = part.background;
  if (filled?.type === "linearGradient")
    return `linear-gradient(${filled.angle}, ${filled.startColor}, ${filled.endColor})`;
  return part.backgroundColor ?? "";
}

function text(part) {
  const spans = part.contents?.length ? part.contents.map((each) => words("span", each)) : [part.text];
  const element = words("p", { ...part, text: "" });
  element.append(...spans);
  element.classList.add("flex-text");
  element.classList.toggle("wrap", part.wrap === true);
  if (part.align) element.style.textAlign = LINES[part.align];
  if (part.maxLines) element.style.webkitLineClamp = String(part.maxLines);
  return element;
}

function words(tag, part) {
  const element = make(tag, {}, part.text ?? "");
  if (part.size) element.style.fontSize = `${FONTS[part.size] ?? Number.parseFloat(part.size)}px`;
  if (part.color) element.style.color = part.color;
  if (part.weight) element.style.fontWeight = part.weight === "bold" ? "700" : "400";
  if (part.style === "italic") element.style.fontStyle = "italic";
  if (part.decoration) element.style.textDecoration = part.decoration;
  return element;
}

function button(part, user) {
  const className = `flex-button ${part.style ?? "link"} ${part.height ?? "md"}`;
  const element = control(part.action, user, { className });
  const coloured = element.matches("button, a") ? element : element.querySelector("button");
  if (part.color) coloured.style[(part.style ?? "link") === "link" ? "color" : "background"] = part.color;
  return element;
}

function image(part) {
  const element = make("img", { src: part.url, alt: "", class: "flex-image", loading: "lazy" });
  const width = part.size === "full" ? "100%" : part.size?.endsWith("%") ? part.size : `${PICTURES[part.size ?? "md"]}px`;
  element.style.width = width;
  element.style.aspectRatio = (part.aspectRatio ?? "1:1").replace(":", " / ");
  element.style.objectFit = part.aspectMode === "cover" ? "cover" : "contain";
  return element;
}

function icon(part) {
  const element = make("img", { src: part.url, alt: "", class: "flex-icon" });
  element.style.height = `${FONTS[part.size ?? "md"]}px`;
  return element;
}

function separator(part, _user, direction) {
  const element = make("div", { class: `flex-separator ${direction}` });
  if (part.color) element.style.background = part.color;
  return element;
}

function video(part, user, direction) {
  return draw(part.altContent, user, direction);
}

function filler() {
  return make("div");
}

function pixels(value) {
  return value in SPACES ? `${SPACES[value]}px` : value;
}
