import type { Day } from '@jejak/domain';

/** A fact that holds from a day on. Documents keep such facts in the log's order and forget none. */
export interface Dated {
  readonly on: Day;
}

/**
 * The fact in force on a day: the one with the latest date on or before it; of those with that date, the one that was
 * recorded last (semantics 3).
 *
 * @param facts in the log's order
 */
export function latest<F extends Dated>(facts: readonly F[], day: Day): F | undefined {
  let found: F | undefined;
  for (const fact of facts) {
    if (fact.on <= day && (found === undefined || fact.on >= found.on)) found = fact;
  }
  return found;
}
