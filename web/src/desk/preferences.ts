/** What an agent has chosen for this browser. */

const PREFIX = "madoguchi:desk:1:";

function load(name: string, usual: boolean): boolean {
  try {
    const kept = window.localStorage.getItem(PREFIX + name);
    return kept === null ? usual : kept === "1";
  } catch {
    return usual;
  }
}

function save(name: string, value: boolean): void {
  try {
    window.localStorage.setItem(PREFIX + name, value ? "1" : "0");
  } catch {
    // holds until the page ends
  }
}

export interface Preferences {
  sound: boolean;
  notify: boolean;
  /** Single keys do things. */
  keys: boolean;
}

export const loadPreferences = (): Preferences => ({
  sound: load("sound", false),
  notify: load("notify", false),
  keys: load("keys", true),
});

export function savePreferences(preferences: Preferences): void {
  for (const [name, value] of Object.entries(preferences)) save(name, value as boolean);
}
