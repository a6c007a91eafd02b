import type { Key } from '../app/keys.ts';

/** What keys do on a message that has the focus; for the list of keys. The list listens to them itself. */
export const messageKeys: readonly Key[] = [
  { keys: 'ArrowUp', label: 'conversation.keyMove' },
  { keys: 'R', label: 'conversation.keyReply' },
  { keys: '+', label: 'conversation.keyReact' },
  { keys: 'E', label: 'conversation.keyEdit' },
  { keys: 'B', label: 'conversation.keyBookmark' },
  { keys: 'P', label: 'conversation.keyPin' },
  { keys: 'C', label: 'conversation.keyLink' },
  { keys: 'Delete', label: 'conversation.keyDelete' },
  { keys: 'Enter', label: 'conversation.keyMenu' },
];
