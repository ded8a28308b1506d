import type { EventTypes } from '@jejak/core';
import {
  accessEvents,
  accountEvents,
  actionEvents,
  budgetEvents,
  csrEvents,
  findingEvents,
  phaseEvents,
  programmeEvents,
  type TimeClass,
} from '@jejak/domain';

const CLASSES = new Map<string, TimeClass>(
  [
    accessEvents,
    accountEvents,
    actionEvents,
    budgetEvents,
    csrEvents,
    findingEvents,
    phaseEvents,
    programmeEvents,
  ].flatMap((types: EventTypes) =>
    Object.entries(types).map(([type, { timeClass }]): [string, TimeClass] => [type, timeClass as TimeClass]),
  ),
);

/** @throws Error for a type that no stream has */
export function timeClassOf(type: string): TimeClass {
  const found = CLASSES.get(type);
  if (found === undefined) throw new Error(`${type} is no type of event`);
  return found;
}
