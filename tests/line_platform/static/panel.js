// The platform's side: quota, clock, how webhooks travel, faults, and what was called.
import { byId, make, options } from "./dom.js";
import { post } from "./server.js";
import { STRINGS } from "./strings.ja.js";

let ahead = 0;

export function preparePanel() {
  options(byId("habits").elements.signing, STRINGS.signing);
  options(byId("habits").elements.delay_seconds, STRINGS.delays);
  options(byId("faults-form").elements.endpoint, STRINGS.endpoints);
  options(byId("faults-form").elements.fault, STRINGS.faults);
  options(byId("faults-form").elements.times, STRINGS.times);
  byId("clock").replaceChildren(
    ...STRINGS.clock.map(([words, seconds]) => pressed(words, () => post("clock", { seconds }))),
  );
  byId("webhook-buttons").replaceChildren(
    ...Object.entries(STRINGS.webhooks).map(([what, words]) => pressed(words, () => post("webhooks", { what }))),
  );
  setInterval(drawClock, 1000);
  byId("habits").addEventListener("change", sendHabits);
  byId("faults-form").addEventListener("submit", sendFault);
  byId("quota-form").addEventListener("submit", sendQuota);
}

export function drawPanel(state) {
  document.querySelector(".bot").textContent = STRINGS.to(state.bot.url);
  byId("quota").textContent = STRINGS.quota(state.quota.used, state.quota.limit);
  fill(byId("quota-form").elements.limit, state.quota.limit ?? "");
  fill(byId("quota-form").elements.used, state.quota.used);
  ahead = new Date(state.now) - Date.now();
  drawClock();
  const habits = byId("habits").elements;
  habits.signing.value = state.habits.signing;
  habits.delay_seconds.value = String(state.habits.delay_seconds);
  habits.copies.checked = state.habits.copies > 1;
  habits.swaps.checked = state.habits.swaps;
  habits.standby.checked = state.habits.standby;
  byId("faults").replaceChildren(...Object.entries(state.faults).map(fault));
  const record = [...state.calls.map((each) => [each.at, call(each)]), ...state.webhooks.map((each) => [each.at, webhook(each)])];
  record.sort(([first], [second]) => second.localeCompare(first));
  byId("record").replaceChildren(...record.map(([, line]) => line));
}

function drawClock() {
  byId("now").textContent = new Date(Date.now() + ahead).toLocaleString("ja-JP");
}

// What an operator is writing stays until the platform's own value changes.
function fill(input, value) {
  if (input.dataset.shown === String(value)) return;
  input.dataset.shown = String(value);
  input.value = value;
}

function pressed(words, act) {
  return make("button", { type: "button", onclick: act }, words);
}

function fault([endpoint, name]) {
  const words = `${STRINGS.endpoints[endpoint] ?? endpoint}: ${STRINGS.faults[name] ?? name}`;
  const mend = pressed(STRINGS.mend, () => post("faults", { endpoint, fault: null }));
  return make("li", {}, words, mend);
}

function call({ endpoint, status, error, path, at }) {
  const words = `${clock(at)} ${STRINGS.endpoints[endpoint] ?? endpoint} ${status ?? STRINGS.pending} ${error}`;
  return make("li", { class: status !== null && status < 300 ? "ok" : "bad", title: path }, words);
}

function webhook({ events, again, status, error, at }) {
  const words = `${clock(at)} ${STRINGS.webhook(events, again)} ${status ?? error}`;
  return make("li", { class: status !== null && status < 300 ? "ok" : "bad" }, words);
}

function clock(at) {
  return new Date(at).toLocaleTimeString("ja-JP");
}

function sendHabits() {
  const habits = byId("habits").elements;
  post("habits", {
    signing: habits.signing.value,
    delay_seconds: Number(habits.delay_seconds.value),
    copies: habits.copies.checked ? 2 : 1,
    swaps: habits.swaps.checked,
    standby: habits.standby.checked,
  });
}

function sendFault(event) {
  event.preventDefault();
  const { endpoint, fault, times } = byId("faults-form").elements;
  post("faults", { endpoint: endpoint.value, fault: fault.value, times: Number(times.value) || null });
}

function sendQuota(event) {
  event.preventDefault();
  const { limit, used } = byId("quota-form").elements;
  post("quota", { limit: limit.value === "" ? null : Number(limit.value), used: Number(used.value) });
}
