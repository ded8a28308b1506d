/** The present, in milliseconds since 1970 (UTC). The one clock of a process is injected where it is needed. */
export type Clock = () => number;

/** The last moment that was written: under load many things happen in one millisecond. */
let last = { milliseconds: NaN, text: '' };

/** The moment as it is stored: ISO 8601, UTC, milliseconds. */
export function isoMoment(milliseconds: number): string {
  if (milliseconds !== last.milliseconds) last = { milliseconds, text: new Date(milliseconds).toISOString() };
  return last.text;
}
