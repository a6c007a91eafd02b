import { type Chance, createChance } from './chance.ts';

/** Sides of the drawing; it is made smaller or larger as one likes. */
const side = 128;

const skies = ['#f6d7b0 #f0a97f', '#cfe3ee #8fb7d3', '#e7d5ef #a58bc4', '#fbe6c2 #f3b866', '#d8ecd9 #8cc0a1', '#22304f #51618f'];
const grounds = ['#3f6b4f', '#8a5a44', '#2f5d73', '#6b4a6e', '#b3703d', '#31473a'];
const furs = ['#c98b52', '#5b5048', '#e6dccb', '#8d8f99', '#2e2c30'];

/** What somebody may have as a picture: hills, the sea, a plant, a cat or a cup, drawn for this number. */
export function drawPicture(seed: number, person: number): string {
  const chance = createChance(seed, 'pictures', person);
  const [from = '', to = ''] = chance.pick(skies).split(' ');
  const motif = chance.pick([hills, sea, plant, cat, cup]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>
<rect width="${side}" height="${side}" fill="url(#sky)"/>${motif(chance)}</svg>`;
}

function hills(chance: Chance): string {
  const far = chance.pick(grounds);
  const [x, y, peak, rise] = [chance.whole(24, 104), chance.whole(24, 48), chance.whole(30, 98), chance.whole(48, 64)];
  return `<circle cx="${x}" cy="${y}" r="${chance.whole(10, 17)}" fill="#fff4d6"/>
<path d="M0 100 L${peak} ${rise} L128 104 V128 H0Z" fill="${far}" opacity=".55"/>
<path d="M0 ${chance.whole(84, 100)} Q40 ${chance.whole(66, 88)} 76 98 T128 ${chance.whole(82, 100)} V128 H0Z" fill="${far}"/>`;
}

function sea(chance: Chance): string {
  const boat = chance.whole(34, 84);
  return `<circle cx="${chance.whole(24, 104)}" cy="${chance.whole(36, 60)}" r="14" fill="#fff4d6"/>
<rect y="72" width="128" height="56" fill="#2f5d73"/>
<path d="M${boat} 78 h28 l-6 11 h-16Z" fill="#f3ead9"/><path d="M${boat + 14} 40 v36 h-15Z" fill="${chance.pick(['#d9634c', '#f3ead9', '#e0b04c'])}"/>
<path d="M0 98 q16 -7 32 0 t32 0 t32 0 t32 0 V128 H0Z" fill="#24495b"/>`;
}

function plant(chance: Chance): string {
  const leaf = chance.pick(['#3f6b4f', '#5b8a5a', '#2f5d4a']);
  const leaves = Array.from({ length: chance.whole(5, 9) }, (_, i) => {
    const turn = -70 + i * chance.whole(14, 22);
    return `<ellipse cx="64" cy="48" rx="9" ry="27" fill="${leaf}" opacity="${i % 2 === 0 ? 1 : 0.8}" transform="rotate(${turn} 64 84)"/>`;
  });
  return `${leaves.join('')}<path d="M42 82 h44 l-6 34 h-32Z" fill="${chance.pick(['#b3603d', '#e8e0d2', '#4d5b7c'])}"/>`;
}

function cat(chance: Chance): string {
  const fur = chance.pick(furs);
  const eye = chance.pick(['#e8c34a', '#8fc07a', '#7fb4d6']);
  return `<path d="M30 62 L34 24 L58 42 H70 L94 24 L98 62Z" fill="${fur}"/><ellipse cx="64" cy="74" rx="38" ry="34" fill="${fur}"/>
<path d="M22 128 Q64 84 106 128Z" fill="${fur}"/>
<ellipse cx="49" cy="68" rx="7" ry="8" fill="${eye}"/><ellipse cx="79" cy="68" rx="7" ry="8" fill="${eye}"/>
<ellipse cx="49" cy="68" rx="2.5" ry="7" fill="#1d1b1a"/><ellipse cx="79" cy="68" rx="2.5" ry="7" fill="#1d1b1a"/>
<path d="M59 82 h10 l-5 6Z" fill="#d98a86"/>`;
}

function cup(chance: Chance): string {
  const china = chance.pick(['#f6f0e4', '#d9634c', '#3d5a80', '#e0b04c']);
  return `<rect y="100" width="128" height="28" fill="${chance.pick(grounds)}"/>
<path d="M34 54 h52 v30 a18 18 0 0 1 -18 18 h-16 a18 18 0 0 1 -18 -18Z" fill="${china}"/>
<path d="M86 62 h6 a11 11 0 0 1 0 22 h-6" fill="none" stroke="${china}" stroke-width="6"/>
<path d="M50 44 q-6 -8 0 -16 M66 44 q-6 -8 0 -16" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".7"/>`;
}
