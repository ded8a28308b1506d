import type { Day } from './dates';

/** A value that holds from a day on, until the next one. */
export interface DatedFact<T> {
  readonly on: Day;
  readonly value: T;
}

/** Values along the line of dates, earliest first, one for a day. */
export type Dated<T> = readonly DatedFact<T>[];

/**
 * With a value from a day on. Called in the log's order, so that of two values for one day the one with the higher
 * index wins.
 */
export function withFact<T>(facts: Dated<T>, on: Day, value: T): Dated<T> {
  const at = facts.findIndex((fact) => fact.on >= on);
  if (at === -1) return [...facts, { on, value }];
  return [...facts.slice(0, at), { on, value }, ...facts.slice(facts[at]?.on === on ? at + 1 : at)];
}

/** The value in force on a day; undefined before the first. */
export function factAt<T>(facts: Dated<T>, day: Day): T | undefined {
  for (let i = facts.length - 1; i >= 0; i--) {
    const fact = facts[i] as DatedFact<T>;
    if (fact.on <= day) return fact.value;
  }
  return undefined;
}
