import { createTexts, likedBest } from '../../kit/texts.ts';

const en = {
  communities: 'Communities',
  communitiesText: 'Places to talk in, open to everybody.',
  moreCommunities: 'More communities',
  earlierDiscussions: 'Earlier discussions',
  signIn: 'Sign in',
  comments: '{count, plural, one {# comment} other {# comments}}',
  earlierComments: 'Earlier comments',
  laterComments: 'Later comments',
  edited: 'edited',
  inReplyTo: 'in reply to {number}',
  accepted: 'Accepted answer',
  deleted: 'This message was deleted.',
  somebody: 'Somebody',
};
type Word = keyof typeof en;

const de: Record<Word, string> = {
  communities: 'Communitys',
  communitiesText: 'Orte zum Reden, offen für alle.',
  moreCommunities: 'Weitere Communitys',
  earlierDiscussions: 'Frühere Diskussionen',
  signIn: 'Anmelden',
  comments: '{count, plural, one {# Kommentar} other {# Kommentare}}',
  earlierComments: 'Frühere Kommentare',
  laterComments: 'Spätere Kommentare',
  edited: 'bearbeitet',
  inReplyTo: 'Antwort auf {number}',
  accepted: 'Angenommene Antwort',
  deleted: 'Diese Nachricht wurde gelöscht.',
  somebody: 'Jemand',
};

/** What a page says of its own in one language; the words of people are their own. */
export interface Words {
  language: string;
  t: ReturnType<typeof createTexts<Word>>;
  /** The day, which is the same for all readers but those near midnight; the page's script tells each their own time. */
  day(iso: string): string;
}

function wordsIn(language: string, texts: Record<Word, string>): Words {
  const days = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeZone: 'UTC' });
  return { language, t: createTexts(language, texts), day: (iso) => days.format(new Date(iso)) };
}

/** The same languages as the page has, `web/src/texts`. */
export const words = { en: wordsIn('en', en), de: wordsIn('de', de) };

/** By the reader's `Accept-Language`. */
export function wordsFor(header: string | undefined): Words {
  return words[likedBest(header, ['en', 'de'])];
}
