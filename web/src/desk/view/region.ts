/** Parts of the page that are drawn again only when what they show changed. */

import { h } from "../../shared/dom";
import type { State, Store } from "../state";

/** Draws an element's children anew whenever one of the selected values is another. */
export function draw(
  store: Store,
  element: HTMLElement,
  select: (state: State) => readonly unknown[],
  render: (state: State) => readonly (Node | null | false)[],
): void {
  let shown: readonly unknown[] | null = null;
  const look = (): void => {
    const wanted = select(store.state);
    if (shown && wanted.length === shown.length && wanted.every((value, i) => value === shown?.[i])) return;
    shown = wanted;
    const focus = focusKey(element);
    element.replaceChildren(...render(store.state).filter((child): child is Node => !!child));
    if (focus) element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  };
  store.subscribe(look);
  look();
}

function focusKey(element: HTMLElement): string | null {
  const active = document.activeElement;
  return active instanceof HTMLElement && element.contains(active) ? (active.dataset.focus ?? null) : null;
}

export interface Keyed {
  key: string;
  /** Another one means: draw anew. */
  signature: string;
  make(): HTMLElement;
}

/** Children by key: what did not change keeps its element, its focus and what is selected in it. */
export class KeyedList {
  private readonly kept = new Map<string, { signature: string; element: HTMLElement }>();

  constructor(private readonly element: HTMLElement) {}

  show(items: readonly Keyed[]): void {
    const focus = this.focused();
    const wanted = new Set(items.map((item) => item.key));
    if (![...this.kept.keys()].some((key) => wanted.has(key))) {
      // another list: all at once is quicker than one by one
      this.element.replaceChildren();
      this.kept.clear();
    }
    for (const [key, { element }] of this.kept) {
      if (wanted.has(key)) continue;
      element.remove();
      this.kept.delete(key);
    }
    let place: ChildNode | null = this.element.firstChild;
    for (const item of items) {
      const known: HTMLElement | null = this.get(item.key);
      const element = this.elementOf(item);
      // an element drawn anew stands where the old one stood
      if (known === place && known !== null) place = element;
      if (element === place) place = place.nextSibling;
      else this.element.insertBefore(element, place);
    }
    if (focus && !this.element.contains(document.activeElement)) focus();
  }

  get(key: string): HTMLElement | null {
    return this.kept.get(key)?.element ?? null;
  }

  private elementOf(item: Keyed): HTMLElement {
    const known = this.kept.get(item.key);
    if (known?.signature === item.signature) return known.element;
    const element = item.make();
    known?.element.replaceWith(element);
    this.kept.set(item.key, { signature: item.signature, element });
    return element;
  }

  /** Gives the focus back to the row that has it now. */
  private focused(): (() => void) | null {
    for (const [key, { element }] of this.kept) {
      if (!element.contains(document.activeElement)) continue;
      return () => {
        const row = this.get(key);
        (row?.querySelector<HTMLElement>("a, button, [tabindex]") ?? row)?.focus({ preventScroll: true });
      };
    }
    return null;
  }
}

export function button(
  text: string,
  onclick: () => void,
  options: { class?: string; focus?: string; disabled?: boolean; key?: string } = {},
): HTMLButtonElement {
  return h(
    "button",
    {
      type: "button",
      class: options.class ?? "button",
      "data-focus": options.focus ?? null,
      "aria-keyshortcuts": options.key ?? null,
      disabled: options.disabled ?? false,
      onclick,
    },
    text,
  );
}
