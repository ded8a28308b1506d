/** The present, in milliseconds since 1970 (UTC). The one clock of a process is injected where it is needed. */
export type Clock = () => number;

/** The moment as it is stored: ISO 8601, UTC, milliseconds. */
export function isoMoment(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
