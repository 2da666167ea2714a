/** The settings on the script tag, and who the customer is to this browser. */

export interface Config {
  site: "store" | "rental" | null;
  name: string | null;
  color: string | null;
  identity: string | null;
  api: string;
  label: string | null;
  hours: string | null;
}

const filled = (value: string | undefined): string | null => value?.trim() || null;

export function readConfig(
  script: { src: string; dataset: DOMStringMap } | null,
  pageOrigin: string,
): Config {
  const data = script?.dataset ?? {};
  const site = filled(data.site);
  return {
    site: site === "store" || site === "rental" ? site : null,
    name: filled(data.name),
    color: filled(data.color),
    identity: filled(data.identity),
    api: apiBase(filled(data.api), script?.src ?? "", pageOrigin),
    label: filled(data.label),
    hours: filled(data.hours),
  };
}

function apiBase(given: string | null, scriptUrl: string, pageOrigin: string): string {
  if (given) {
    try {
      return new URL(given, pageOrigin).href.replace(/\/+$/, "");
    } catch {
      // an address that cannot be read falls back to the script's own
    }
  }
  try {
    return new URL(scriptUrl, pageOrigin).origin;
  } catch {
    return pageOrigin;
  }
}

/** The `sub` claim, only to tell one member's stored chat from another's; the service verifies the token. */
export function memberOf(identity: string | null): string | null {
  const body = identity?.split(".")[1];
  if (!body) return null;
  try {
    const binary = atob(body.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const sub = (claims as { sub?: unknown } | null)?.sub;
    return typeof sub === "string" && sub ? sub : null;
  } catch {
    return null;
  }
}

export function storageKey(site: string | null, identity: string | null): string {
  const member = memberOf(identity);
  return `madoguchi:1:${site ?? "-"}:${member === null ? "anonymous" : `member:${member}`}`;
}
