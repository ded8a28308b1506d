import fc from 'fast-check';
import { canonical } from '../canonical';
import type { ProgrammeEvent } from '../envelope';
import type { Json } from '../json';
import { type AnyView, foldView } from '../view';
import { asEnvelope, type Past } from './given-when-then';

/** An event as a test of a view tells it: of which stream, and what happened. */
export interface Told extends Past {
  /** `budget-malang.2023.l-1`; all of one programme */
  readonly stream: string;
  readonly recordedAt?: string;
}

/** What was told as a programme's log holds it, from index 0. Event n has the id `e<n>` unless it names one. */
export function recorded(told: readonly Told[]): ProgrammeEvent[] {
  const revisions = new Map<string, number>();
  return told.map((each, index) => {
    const { stream } = each;
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const envelope = asEnvelope({ ...each, id: each.id ?? `e${String(index)}` }, revision);
    const { recordedAt = envelope.recordedAt } = each;
    return { event: { ...envelope, stream, recordedAt }, index, position: String(index + 1) };
  });
}

/** The documents of a fold, as they would be stored: by key, in canonical form. */
export function storedDocuments(
  view: AnyView,
  pages: readonly (readonly ProgrammeEvent[])[],
): Record<string, string> {
  let stored = new Map<string, { index: number; text: string }>();
  for (const page of pages) {
    const documents = foldView<unknown>(
      view,
      page,
      new Map(
        [...stored].map(([key, { index, text }]) => [key, { index, value: JSON.parse(text) as unknown }]),
      ),
    );
    stored = new Map(
      [...documents].map(([key, { index, value }]) => [key, { index, text: canonical(value as Json) }]),
    );
  }
  return Object.fromEntries([...stored].map(([key, { text }]) => [key, text]));
}

/**
 * A fold of events in any pages gives the same documents as in one, and an event that is handled again right away, or
 * with its page, changes nothing. The events are left as they were.
 *
 * @param runs how many ways of cutting are tried
 */
export function foldsAlike(view: AnyView, events: readonly ProgrammeEvent[], runs = 20): void {
  const whole = storedDocuments(view, [events]);
  const text = JSON.stringify(events);
  fc.assert(
    fc.property(fc.array(fc.nat(events.length)), fc.boolean(), (cuts, byPage) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), events.length];
      const pages = edges.slice(1).map((end, n) => events.slice(edges[n], end));
      expect(storedDocuments(view, pages)).toEqual(whole);
      const twice = byPage
        ? pages.flatMap((page) => [page, page])
        : pages.map((page) => page.flatMap((event) => [event, event]));
      expect(storedDocuments(view, twice)).toEqual(whole);
    }),
    { numRuns: runs },
  );
  expect(JSON.stringify(events)).toBe(text);
}
