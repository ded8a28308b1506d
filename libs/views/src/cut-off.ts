import { type Day, dayIn } from '@jejak/domain';
import type { ProgrammeDocument } from './programmes/view';
import { type Documents, type Need, NotFound, type QueryContext } from './query';

/** The document that says what a programme is: its dates, dimensions, rules and agencies. */
export const PROGRAMME_NEED: Need = { view: 'programmes', keys: ['programme'] };

/** @throws NotFound where the programme had not been established yet */
export function programmeOf(documents: Documents): ProgrammeDocument {
  const programme = documents.get('programmes', 'programme') as ProgrammeDocument | undefined;
  if (programme === undefined) throw new NotFound('the programme has not been established');
  return programme;
}

/**
 * The day up to which facts count: the one that was asked for, else today in the programme's time zone, or the
 * programme's last day when that is past. Needs `PROGRAMME_NEED`.
 *
 * @throws NotFound where the programme had not been established yet
 */
export function cutOffOf(documents: Documents, asked: Day | undefined, context: QueryContext): Day {
  const { timeZone, to } = programmeOf(documents);
  if (asked !== undefined) return asked;
  const today = dayIn(timeZone, context.now);
  return today < to ? today : to;
}
