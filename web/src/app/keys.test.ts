import { expect, test } from 'vitest';
import { nameOf, shownKeys } from './keys.ts';

const pressed = (key: string, held: Partial<Record<'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey', true>> = {}, code = '') =>
  nameOf({ key, code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...held });

test('keys are named as they are listed', () => {
  expect(pressed('k', { ctrlKey: true })).toBe('Mod+K');
  expect(pressed('ArrowDown', { altKey: true, shiftKey: true })).toBe('Alt+Shift+ArrowDown');
  expect(pressed('Escape')).toBe('Escape');
});

test('a sign has its Shift in it, a letter has not', () => {
  expect(pressed('?', { shiftKey: true })).toBe('?');
  expect(pressed('R', { shiftKey: true })).toBe('Shift+R');
  expect(pressed('r')).toBe('R');
});

test('a letter that Alt makes another one counts as the key it is on', () => {
  expect(pressed('®', { altKey: true }, 'KeyR')).toBe('Alt+R');
});

test('people see the signs that are on their keys', () => {
  expect(shownKeys('Mod+K')).toBe('Ctrl K');
  expect(shownKeys('Alt+ArrowUp')).toBe('Alt ↑');
});
