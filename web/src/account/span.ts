/** How long a status lasts. */
export const spans = ['hour', 'today', 'week', 'open'] as const;
export type Span = (typeof spans)[number];

/** When it ends, by the clock of the one who sets it: in an hour, at midnight, at the end of Sunday, never. ISO 8601 or null. */
export function endOf(span: Span, now: Date): string | null {
  const end = new Date(now);
  if (span === 'open') return null;
  if (span === 'hour') return new Date(now.getTime() + 3_600_000).toISOString();
  const days = span === 'today' ? 1 : 8 - (now.getDay() || 7);
  end.setDate(end.getDate() + days);
  end.setHours(0, 0, 0, 0);
  return end.toISOString();
}
