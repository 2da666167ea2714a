/** Starts the desk in its page. */

import "./styles/desk.css";
import { Desk } from "./desk";
import { loadPreferences } from "./preferences";
import { initialState, Store } from "./state";
import { mount } from "./view/app";

const root = document.getElementById("desk");
if (root) {
  const desk = new Desk(new Store(initialState(loadPreferences(), Date.now())));
  mount(desk, root);
  void desk.start();
}
