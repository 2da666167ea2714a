// The page: asks for the state on every change and draws it.
import { control } from "./actions.js";
import { drawBubble } from "./bubbles.js";
import { byId, make, options } from "./dom.js";
import { drawMenu } from "./menu.js";
import { drawPanel, preparePanel } from "./panel.js";
import { onChange, post, sendPicture, state } from "./server.js";
import { STRINGS } from "./strings.ja.js";

let user = null;
let asking = false;
let again = false;
let ending;
const drawn = new Map();

async function refresh() {
  again = asking;
  if (asking) return;
  asking = true;
  const found = await state(user);
  asking = false;
  if (user === null && found.users.length) {
    user = found.users[0].id;
    again = true;
  }
  drawUsers(found.users);
  drawPanel(found);
  if (found.chat) drawChat(found.chat);
  if (again) await refresh();
}

function drawUsers(users) {
  byId("users").replaceChildren(
    ...users.map((each) => {
      const notes = [each.blocked && STRINGS.blocked, !each.friend && STRINGS.stranger, each.linked && STRINGS.linked];
      const choose = () => {
        user = each.id;
        drawn.clear();
        byId("log").replaceChildren();
        refresh();
      };
      const attributes = { type: "button", "aria-pressed": String(each.id === user), onclick: choose };
      return make("li", {}, make("button", attributes, each.name, make("small", {}, notes.filter(Boolean).join("・"))));
    }),
  );
}

function drawChat(chat) {
  byId("talking-to").textContent = chat.user.name;
  byId("block").textContent = chat.user.blocked ? STRINGS.unblock : STRINGS.block;
  byId("block").onclick = () => post(`users/${user}/${chat.user.blocked ? "unblocks" : "blocks"}`, {});
  drawLog(chat.bubbles);
  drawLoading(chat.loading);
  byId("quick").replaceChildren(...chat.quick_replies.map((action) => control(action, user, { className: "quick" })));
  drawRichMenu(chat.rich_menu);
}

// Only what is new is drawn, so that a screen reader reads it once and the focus stays.
function drawLog(bubbles) {
  const log = byId("log");
  let added = false;
  for (const bubble of bubbles) {
    const mark = `${user} ${bubble.unsent}`;
    if (drawn.get(bubble.id) === mark) continue;
    const row = drawBubble(bubble, user);
    const old = log.querySelector(`[data-id="${bubble.id}"]`);
    if (old) old.replaceWith(row);
    else log.append(row);
    drawn.set(bubble.id, mark);
    added = true;
  }
  if (added) log.scrollTop = log.scrollHeight;
}

function drawLoading(seconds) {
  byId("loading").hidden = seconds === 0;
  clearTimeout(ending);
  if (seconds > 0) ending = setTimeout(refresh, seconds * 1000 + 50);
}

function drawRichMenu(menu) {
  const place = byId("menu");
  const id = menu?.richMenuId ?? "";
  if (place.dataset.menu === `${id} ${user}`) return;
  place.dataset.menu = `${id} ${user}`;
  place.hidden = menu === null;
  place.replaceChildren(...(menu ? [drawMenu(menu, user)] : []));
}

function prepare() {
  preparePanel();
  options(byId("sticker"), STRINGS.stickers);
  options(byId("sample"), STRINGS.samples);
  byId("composer").addEventListener("submit", write);
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) write(event);
  });
  chosen("sticker", (word) => post(`users/${user}/sticker`, { keywords: [word] }));
  chosen("sample", (kind) => post(`users/${user}/sample`, { kind }));
  byId("picture").addEventListener("change", async ({ target }) => {
    if (target.files.length) await sendPicture(user, target.files[0]);
    target.value = "";
  });
  byId("new-user").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = byId("new-name").value.trim();
    if (!name) return;
    user = (await post("users", { name })).id;
    byId("new-name").value = "";
    drawn.clear();
    byId("log").replaceChildren();
    refresh();
  });
}

function chosen(id, act) {
  byId(id).addEventListener("change", ({ target }) => {
    if (target.value) act(target.value);
    target.value = "";
  });
}

function write(event) {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (!text) return;
  post(`users/${user}/says`, { text });
  byId("text").value = "";
}

prepare();
onChange(refresh);
