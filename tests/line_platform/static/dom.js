// Makes elements. Styles that a message asks for are set as properties, which the page's policy allows.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

export function options(select, words, prefix = "") {
  select.replaceChildren(
    ...Object.entries(words).map(([value, word]) => make("option", { value }, prefix + word)),
  );
}
