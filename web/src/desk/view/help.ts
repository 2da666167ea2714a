/** What every key does. */

import { h } from "../../shared/dom";
import { strings } from "../strings.ja";
import { showDialog } from "./dialog";
import { button } from "./region";

export function showHelp(): void {
  const words = strings.helpDialog;
  const rows = words.keys.map(([keys, what]) =>
    h("div", {}, h("dt", {}, ...keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, what)),
  );
  const close = button(strings.accountDialog.close, () => dialog.close());
  const dialog = showDialog(words.title, [
    h("dl", { class: "keys" }, ...rows),
    h("div", { class: "dialog-buttons" }, close),
  ]);
}
