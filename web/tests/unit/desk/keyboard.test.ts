import { expect, test } from "vitest";
import { commandOf, KEYS } from "../../../src/desk/keyboard";

const press = (key: string, more: object = {}) =>
  commandOf({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    keyCode: 0,
    target: document.body,
    ...more,
  });

function inside(html: string): Element {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild as Element;
}

test("every key has its command, capitals too", () => {
  for (const [key, command] of Object.entries(KEYS)) expect(press(key)).toBe(command);
  expect(press("J")).toBe("next");
  expect(press("x")).toBeNull();
  expect(press("constructor")).toBeNull();
});

test.each([
  "<textarea></textarea>",
  "<input>",
  "<input type=search>",
  "<select></select>",
  "<p contenteditable></p>",
])("in %s a key is typing", (html) => {
  expect(press("t", { target: inside(html) })).toBeNull();
});

test("a checkbox and a button leave the letters, and keep Enter where it presses them", () => {
  expect(press("t", { target: inside("<input type=checkbox>") })).toBe("take");
  expect(press("t", { target: inside("<button></button>") })).toBe("take");
  expect(press("Enter", { target: inside("<button></button>") })).toBeNull();
});

test("with a modifier, or while converting, the key is somebody else's", () => {
  for (const modifier of ["ctrlKey", "metaKey", "altKey", "isComposing"])
    expect(press("t", { [modifier]: true })).toBeNull();
  expect(press("t", { keyCode: 229 })).toBeNull();
});
