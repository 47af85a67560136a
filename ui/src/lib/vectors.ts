/** Pictures without pixels: what was drawn on canvases, drawn once more as SVG. */

interface Ink {
  surface: string;
  text: string;
  font: string;
}

/** Draws what an element shows as one SVG element. */
type Vector = () => string | Promise<string>;

const HEAD = 28;
const drawn = new WeakMap<Element, Vector>();

/** Remember how what an element shows becomes SVG. */
export function rememberVector(element: Element, vector: Vector): void {
  drawn.set(element, vector);
}

/** Return the SVG of what stands in an element, as it stands there, under a title. */
export async function svgOf(title: string, element: HTMLElement, ink: Ink): Promise<string> {
  const box = element.getBoundingClientRect();
  const parts: string[] = [];
  for (const one of element.querySelectorAll("*")) {
    const vector = drawn.get(one);
    if (vector === undefined) continue;
    const place = one.getBoundingClientRect();
    parts.push(`<g transform="translate(${place.left - box.left} ${place.top - box.top + HEAD})">`, withoutPreamble(await vector()), "</g>");
  }
  const [width, height] = [Math.ceil(box.width), Math.ceil(box.height + HEAD)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="${escaped(ink.surface)}"/>`,
    `<text x="8" y="18" font-family="${escaped(ink.font)}" font-size="13" font-weight="600" fill="${escaped(ink.text)}">${escaped(title)}</text>`,
    ...parts,
    "</svg>",
  ].join("\n");
}

/** Write a text as it stands in XML, without what XML cannot hold. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

const withoutPreamble = (svg: string): string => svg.replace(/^\s*<\?xml[^>]*\?>/, "");
