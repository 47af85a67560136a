/** The page's colours as a canvas needs them: resolved, for it knows neither `var()` nor `light-dark()`. */
import { useMemo } from "react";

import { useIsDark } from "@/components/useIsDark";

const TOKENS = {
  text: "--text",
  dim: "--text-dim",
  line: "--line",
  strong: "--line-strong",
  surface: "--surface",
  raised: "--raised",
  sunken: "--sunken",
  accent: "--accent",
  bad: "--bad",
} as const;

export type Ink = Record<keyof typeof TOKENS, string> & { font: string; isDark: boolean };

/** The colours of the theme at present. */
export function useInk(): Ink {
  const isDark = useIsDark();
  return useMemo(() => readInk(isDark), [isDark]);
}

function readInk(isDark: boolean): Ink {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    text: read(TOKENS.text),
    dim: read(TOKENS.dim),
    line: read(TOKENS.line),
    strong: read(TOKENS.strong),
    surface: read(TOKENS.surface),
    raised: read(TOKENS.raised),
    sunken: read(TOKENS.sunken),
    accent: read(TOKENS.accent),
    bad: read(TOKENS.bad),
  };
  // In single quotes, so that it can stand in an attribute of SVG.
  const font = getComputedStyle(probe).fontFamily.replaceAll('"', "'");
  probe.remove();
  return { ...colours, font, isDark };
}

// Viridis (Smith and van der Walt 2015) at five places: even in lightness, and told apart by everybody.
const SCALE = {
  light: ["#440154", "#3b528b", "#21918c", "#3fae5a", "#c9a800"],
  dark: ["#7e6bc4", "#6f8fd6", "#2fb5ae", "#7ad151", "#fde725"],
} as const;

/** The colours from least to most. */
export const scaleOf = (isDark: boolean): readonly string[] => (isDark ? SCALE.dark : SCALE.light);

/** Return the colour at a share of the way from least to most. */
export function colourAt(share: number, isDark: boolean): string {
  const scale = scaleOf(isDark);
  const place = Math.max(0, Math.min(1, share)) * (scale.length - 1);
  const [from, to] = [scale[Math.floor(place)] ?? "", scale[Math.ceil(place)] ?? ""];
  const part = place - Math.floor(place);
  const mixed = [1, 3, 5].map((at) => {
    const [low, high] = [parseInt(from.slice(at, at + 2), 16), parseInt(to.slice(at, at + 2), 16)];
    return Math.round(low + (high - low) * part);
  });
  return `rgb(${mixed.join(",")})`;
}
