import { type Format, formatKeys } from './format.ts';
import { isInCode, newLine, type Text } from './textEdit.ts';
import type { useSuggestions } from './useSuggestions.ts';

export interface Deeds {
  now(): Text;
  apply(text: Text): void;
  send(): void;
  format(how: Format): void;
  /** Takes the suggestion that is marked. */
  take(): void;
  /** To edit my last message. */
  last(): void;
  escape(): void;
}

/**
 * What the keys do while one writes.
 * @param enterSends whether Enter alone sends; with Ctrl or Cmd it always does
 * @param maySend false where a form around the text has the button
 */
export function composerKeys(
  suggestions: ReturnType<typeof useSuggestions>,
  deeds: Deeds,
  { enterSends, maySend }: { enterSends(): boolean; maySend(): boolean },
): (event: KeyboardEvent) => void {
  function onSuggestion(key: string): boolean {
    if (key === 'ArrowDown') suggestions.move(1);
    else if (key === 'ArrowUp') suggestions.move(-1);
    else if (key === 'Enter' || key === 'Tab') deeds.take();
    else if (key === 'Escape') suggestions.dismiss();
    else return false;
    return true;
  }

  function onEnter(event: KeyboardEvent, mod: boolean): void {
    const { body, start } = deeds.now();
    const isBare = !event.shiftKey && !event.altKey;
    if (maySend() && (mod || (isBare && enterSends() && !isInCode(body, start)))) {
      event.preventDefault();
      return deeds.send();
    }
    const next = mod ? null : newLine(deeds.now());
    if (next === null) return;
    event.preventDefault();
    deeds.apply(next);
  }

  return (event) => {
    if (event.isComposing) return;
    const { key } = event;
    const mod = event.ctrlKey || event.metaKey;
    if (suggestions.open.value && !mod && onSuggestion(key)) {
      event.preventDefault();
      return event.stopPropagation();
    }
    const { body, start, end } = deeds.now();
    const how = mod && !event.shiftKey && !event.altKey ? formatKeys[key.toLowerCase()] : undefined;
    // Without a selection Ctrl-K is the page's own, the switcher.
    if (how !== undefined && !(how === 'link' && start === end)) {
      event.preventDefault();
      event.stopPropagation();
      deeds.format(how);
    } else if (key === 'Enter') onEnter(event, mod);
    else if (key === 'ArrowUp' && body === '' && !mod && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      deeds.last();
    } else if (key === 'Escape') {
      event.stopPropagation();
      deeds.escape();
    }
  };
}
