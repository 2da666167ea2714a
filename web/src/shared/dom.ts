/** Elements from code only: text goes in as text, never as markup. */

type Child = Node | string | null | false | undefined;
type Props = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** `onclick` and the like are listeners, everything else an attribute; true is the empty attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

function icon(...paths: string[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    width: "24",
    height: "24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.8",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    focusable: "false",
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export const icons = {
  chat: () =>
    icon(
      "M5 4.5h14a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-7.2L7 21v-4H5a2 2 0 0 1-2-2V6.500a2 2 0 0 1 2-2Z",
      "M8 9.200h8M8 12.600h5",
    ),
  close: () => icon("M6 6l12 12M18 6L6 18"),
  send: () => icon("M12 19V5.500M6 11.300l6-6 6 6"),
  down: () => icon("M12 5v13M6.500 12.800L12 18.300l5.500-5.500"),
  more: () => icon("M12 5.500v.1M12 12v.1M12 18.500v.1"),
  next: () => icon("M9.500 6l6 6-6 6"),
  done: () => icon("M5 12.500l4.500 4.500L19 7.500"),
  alert: () => icon("M12 7.500v6M12 16.800v.1", "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z"),
  clip: () => icon("M8.500 12.500l6-6a3 3 0 0 1 4.200 4.200l-7.700 7.700a5 5 0 0 1-7-7l7.200-7.200"),
  file: () => icon("M7 3.500h7l4 4v13H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1Z", "M14 3.500v4h4"),
  person: () =>
    icon(
      "M12 12.200a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
      "M4.500 20.500c.8-3.800 3.800-5.500 7.500-5.500s6.700 1.700 7.500 5.500",
    ),
};
