/** The window's title and picture: what is shown, and how much waits for the reader. */
import { onBeforeUnmount, ref, watchEffect } from 'vue';
import { forMe, unreadInAll } from './unread.ts';

const page = ref('');
const place = ref('Plaza');
let owner: symbol | null = null;

/** Names what is shown while the component lives. The next page may begin before this one ends. */
export function useTitle(title: () => string): void {
  const mine = Symbol('page');
  watchEffect(() => {
    owner = mine;
    page.value = title();
  });
  onBeforeUnmount(() => {
    if (owner === mine) page.value = '';
  });
}

export function setPlaceName(name: string): void {
  place.value = name;
}

/** Keeps title and picture up to date. Called once, within the app. */
export function keepTitle(): void {
  watchEffect(() => {
    if (page.value === '') return;
    const name = page.value === place.value ? place.value : `${page.value} · ${place.value}`;
    document.title = forMe.value > 0 ? `(${forMe.value}) ${name}` : name;
  });
  let turn = 0;
  watchEffect(() => {
    void draw(forMe.value, unreadInAll.value > 0, ++turn);
  });

  async function draw(count: number, some: boolean, mine: number): Promise<void> {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null) return;
    const picture = count === 0 && !some ? '/icon.svg' : await pictureWith(count);
    if (mine === turn && link.getAttribute('href') !== picture) link.href = picture;
  }
}

async function pictureWith(count: number): Promise<string> {
  const icon = new Image(64, 64);
  icon.src = '/icon.svg';
  const canvas = document.createElement('canvas');
  canvas.width = 64;
  canvas.height = 64;
  const pen = canvas.getContext('2d');
  try {
    await icon.decode();
  } catch {
    // Without the picture the number says enough.
  }
  if (pen === null) return '/icon.svg';
  pen.drawImage(icon, 0, 0, 64, 64);
  const radius = count === 0 ? 12 : 21;
  pen.fillStyle = '#fbf7ef';
  pen.beginPath();
  pen.arc(64 - radius, radius, radius, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = '#201a15';
  pen.beginPath();
  pen.arc(64 - radius, radius, radius - 3, 0, Math.PI * 2);
  pen.fill();
  if (count > 0) {
    pen.fillStyle = '#fbf7ef';
    pen.font = `bold ${count > 9 ? 24 : 30}px sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(count > 99 ? '99' : String(count), 64 - radius, radius + 1);
  }
  return canvas.toDataURL('image/png');
}
