/** The one list of keys: pages add theirs while they are shown, `?` shows them all. */
import { onBeforeUnmount, shallowRef } from 'vue';
import type { TextKey } from '../texts/index.ts';

export interface Key {
  /** Such as `Mod+K`, `Alt+Shift+ArrowDown`, `?`: `Mod` is Cmd on a Mac and Ctrl elsewhere. */
  keys: string;
  /** What it does, in the list of keys. */
  label: TextKey;
  /** Works in the middle of a text, too. Never for a key that writes something. */
  whileTyping?: boolean;
  /** Only listed: a component listens to it by itself. */
  run?(): void;
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const all = shallowRef<readonly Key[]>([]);
export const knownKeys = all;

/** Adds keys while the component lives. Of two for the same keys the later one counts. */
export function useKeys(keys: readonly Key[]): void {
  all.value = [...all.value, ...keys];
  onBeforeUnmount(() => {
    all.value = all.value.filter((key) => !keys.includes(key));
  });
}

/** Listens. Called once. */
export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const pressed = nameOf(event);
    const found = all.value.findLast((key) => key.run !== undefined && key.keys === pressed);
    if (found === undefined || (isTyping(event.target) && found.whileTyping !== true) || isAsked()) return;
    event.preventDefault();
    found.run?.();
  });
}

/** What was pressed, as `Key.keys` has it. */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): string {
  const { key, code } = event;
  const isSign = key.length === 1 && !/^[a-z]$/i.test(key);
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const parts = [
    ...(mod ? ['Mod'] : []),
    ...((isMac ? event.ctrlKey : event.metaKey) ? [isMac ? 'Ctrl' : 'Meta'] : []),
    ...(event.altKey ? ['Alt'] : []),
    // A sign such as `?` has its Shift in it.
    ...(event.shiftKey && !isSign ? ['Shift'] : []),
  ];
  // With Alt a Mac makes other letters of the keys.
  const letter = event.altKey && /^Key[A-Z]$/.test(code) ? code.slice(3) : key.length === 1 ? key.toUpperCase() : key;
  return [...parts, letter].join('+');
}

/** For people: `⌘K`, `Ctrl K`, `Alt ↑`. */
export function shownKeys(keys: string): string {
  const names: Record<string, string> = isMac
    ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Enter: '↩' }
    : { Mod: 'Ctrl', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
  return keys
    .split('+')
    .map((key) => names[key] ?? key)
    .join(isMac ? '' : ' ');
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['button', 'checkbox', 'radio', 'submit', 'reset', 'range', 'color', 'file'].includes(target.type);
  return (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.localName === 'emoji-picker'
  );
}

/** Something lies over the page and has the keys for itself. */
function isAsked(): boolean {
  return document.querySelector('[role=dialog][data-state=open], [role=menu][data-state=open]') !== null;
}
