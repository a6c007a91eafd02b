import { computed, ref } from 'vue';
import { language } from '../texts/index.ts';

export type Moment = string | number | Date;

const today = ref(dayOf(new Date()));
const formats = new Map<string, Intl.DateTimeFormat>();

/** Wakes once a minute, so that "14:05" becomes "Tue 14:05" on a page that stays open over midnight. */
setInterval(() => {
  today.value = dayOf(new Date());
}, 60_000);

function dayOf(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${name}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  // The region is the reader's own: Britons and Americans read the same English.
  const region = navigator.languages.find((tag) => tag.split('-')[0] === language.value) ?? language.value;
  const made = new Intl.DateTimeFormat(region, options);
  formats.set(key, made);
  return made;
}

const clock: Intl.DateTimeFormatOptions = { timeStyle: 'short' };

/** "14:05". */
export function clockTime(at: Moment): string {
  return format('clock', clock).format(new Date(at));
}

/** "14:05" today, "Tue 14:05" this week, the date before, and of days to come. */
export function shortTime(at: Moment): string {
  const date = new Date(at);
  const days = Math.round((today.value - dayOf(date)) / 86_400_000);
  if (days === 0) return format('clock', clock).format(date);
  if (days > 0 && days < 7) return format('week', { weekday: 'short', hour: 'numeric', minute: '2-digit' }).format(date);
  if (date.getFullYear() === new Date(today.value).getFullYear()) return format('date', { day: 'numeric', month: 'short' }).format(date);
  return format('year', { day: 'numeric', month: 'short', year: 'numeric' }).format(date);
}

/** Day and time in full. */
export function longTime(at: Moment): string {
  return format('long', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));
}

/** The date in full, where the hour says nothing. */
export function longDate(at: Moment): string {
  return format('longDate', { dateStyle: 'long' }).format(new Date(at));
}

/** The day alone, for lines between days: "Tuesday, 3 March", with the year when it is not this one. */
export function dayName(at: Moment): string {
  const date = new Date(at);
  const isThisYear = date.getFullYear() === new Date(today.value).getFullYear();
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', ...(!isThisYear && { year: 'numeric' }) };
  return format(isThisYear ? 'day' : 'dayOfYear', options).format(date);
}

/** The beginning of this day, in milliseconds; moves at midnight. */
export const startOfToday = computed(() => today.value);
