import type { Day } from '@jejak/domain';
import { latest } from '../dated';
import type { ActionDocument, AgenciesFact } from './view';

/** The agencies of an action on a day; before its first, those that it is planned with. */
export function agenciesOn(action: ActionDocument, day: Day): AgenciesFact {
  return latest(action.agencies, day) ?? (action.agencies[0] as AgenciesFact);
}
