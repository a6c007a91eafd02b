import type { Ref } from 'vue';
import type { Text } from './textEdit.ts';

/** Reads and changes what stands in a textarea, so that the browser's own undo knows of it. */
export function useTextarea(box: Readonly<Ref<HTMLTextAreaElement | null>>) {
  function now(): Text {
    const { value: body = '', selectionStart: start = 0, selectionEnd: end = 0 } = box.value ?? {};
    return { body, start, end };
  }

  /** Puts a changed text in place: only what differs is written. */
  function apply(next: Text): void {
    const { value: area } = box;
    if (area === null) return;
    const { value: before } = area;
    const { body } = next;
    let from = 0;
    while (from < before.length && from < body.length && before[from] === body[from]) from++;
    let same = 0;
    while (same < before.length - from && same < body.length - from && before.at(-1 - same) === body.at(-1 - same)) same++;
    area.focus();
    if (before !== body) {
      area.setSelectionRange(from, before.length - same);
      const words = body.slice(from, body.length - same);
      // The one way to write that undo takes back; where it is missing, the text is right all the same.
      const isDone = words === '' ? document.execCommand('delete') : document.execCommand('insertText', false, words);
      if (!isDone || area.value !== body) {
        area.value = body;
        area.dispatchEvent(new Event('input', { bubbles: true }));
      }
    }
    area.setSelectionRange(next.start, next.end);
  }

  return { now, apply, change: (by: (text: Text) => Text) => apply(by(now())) };
}
