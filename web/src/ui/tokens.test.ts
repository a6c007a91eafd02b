/** The colours can be read: every pair that stands on the page, in light and in dark. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Colour = readonly [lightness: number, chroma: number, hue: number];

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const looks = ['light', 'dark'] as const;
const surfaces = ['paper', 'raised', 'sunken'];

/** Relative luminance as WCAG has it, of a colour within sRGB (what is without is cut off, as screens do). */
function luminance([lightness, chroma, hue]: Colour): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (part: number) => Math.min(1, Math.max(0, part));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Colour, other: Colour): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function numbers(text: string): Colour {
  const [lightness, chroma, hue] = text.split(/\s+/).map(Number);
  if (lightness === undefined || chroma === undefined || hue === undefined) throw new Error(`Not a colour: ${text}`);
  return [lightness, chroma, hue];
}

/** A token's colour in a look. */
function token(name: string, look: (typeof looks)[number]): Colour {
  const both = new RegExp(`--${name}: light-dark\\(oklch\\(([\\d. ]+)\\), oklch\\(([\\d. ]+)\\)\\);`).exec(css);
  const one = new RegExp(`--${name}: oklch\\(([\\d. ]+)\\);`).exec(css);
  const found = look === 'light' ? (both?.[1] ?? one?.[1]) : (both?.[2] ?? one?.[1]);
  if (found === undefined) throw new Error(`No token --${name}.`);
  return numbers(found);
}

const onSurfaces = ['ink', 'ink-soft', 'ink-faint', 'accent', 'accent-hover', 'positive', 'caution', 'danger'];
const texts: [text: string, ground: string][] = [
  ...onSurfaces.flatMap((text) => surfaces.map((ground): [string, string] => [text, ground])),
  ['paper', 'ink'],
  ['ink', 'line'],
  ['ink', 'accent-wash'],
  ['ink-soft', 'accent-wash'],
  ['ink-faint', 'accent-wash'],
  ['accent', 'accent-wash'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['danger-ink', 'danger'],
  ['ink', 'mention'],
  ['ink-soft', 'mention'],
  ['ink-faint', 'mention'],
  ['accent', 'mention'],
  ['ink', 'selection'],
];

describe.each(looks)('%s', (look) => {
  test.each(texts)('%s is legible on %s', (text, ground) => {
    expect(contrast(token(text, look), token(ground, look))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(surfaces)('the edges of controls, and the focus ring, show on %s', (ground) => {
    for (const edge of ['line-strong', 'accent', 'danger'])
      expect(contrast(token(edge, look), token(ground, look))).toBeGreaterThanOrEqual(3);
  });
});

test('initials are legible on generated pictures of every hue', () => {
  const ink = token('face-ink', 'light');
  for (const name of ['face', 'face-deep']) {
    const ground = new RegExp(`--${name}: ([\\d.]+ [\\d.]+);`).exec(css)?.[1];
    for (let hue = 0; hue < 360; hue++) expect(contrast(ink, numbers(`${ground} ${hue}`)), `${name} at ${hue}`).toBeGreaterThanOrEqual(4.5);
  }
});
