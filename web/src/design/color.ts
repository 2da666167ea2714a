/** Colours of the accent that stay readable whatever colour a shop sets (WCAG 2 contrast). */

export type Rgb = readonly [number, number, number];

const SURFACE_LIGHT: Rgb = [241, 241, 243];
const SURFACE_DARK: Rgb = [41, 41, 47];
const DEFAULT_ACCENT = "#8a1c3b";

export function parseColor(value: string | null | undefined): Rgb | null {
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value?.trim() ?? "")?.[1];
  if (!hex) return null;
  const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
  const number = Number.parseInt(full, 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

function toHex(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

function mix(color: Rgb, other: Rgb, share: number): Rgb {
  return color.map((part, i) => part + ((other[i] ?? 0) - part) * share) as unknown as Rgb;
}

/** The accent, moved towards black or white just far enough to be read on the surface. */
function readableOn(color: Rgb, surface: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(color, towards, share);
    if (contrast(candidate, surface) >= 4.6) return candidate;
  }
  return towards;
}

export interface AccentTokens {
  accent: string;
  onAccent: string;
  textLight: string;
  textDark: string;
}

export function accentTokens(value: string | null | undefined): AccentTokens {
  const color = parseColor(value) ?? (parseColor(DEFAULT_ACCENT) as Rgb);
  const white: Rgb = [255, 255, 255];
  const black: Rgb = [0, 0, 0];
  return {
    accent: toHex(color),
    onAccent: contrast(color, white) >= 4.5 ? "#ffffff" : "#000000",
    textLight: toHex(readableOn(color, SURFACE_LIGHT, black)),
    textDark: toHex(readableOn(color, SURFACE_DARK, white)),
  };
}

export function applyAccent(style: CSSStyleDeclaration, tokens: AccentTokens): void {
  style.setProperty("--m-accent", tokens.accent);
  style.setProperty("--m-on-accent", tokens.onAccent);
  style.setProperty("--m-accent-text-light", tokens.textLight);
  style.setProperty("--m-accent-text-dark", tokens.textDark);
}
