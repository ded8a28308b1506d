import {
  compare,
  type Day,
  exactText,
  type Fraction,
  fromDecimal,
  over,
  percentText,
  ZERO,
} from '@jejak/domain';
import { completionBy, progressBy, progressOn, verificationOf, withdrawnOn } from '../fulfilment/counting';
import type { ActionDocument } from './view';

/** How an action stands at a cut-off, in the order of its way. */
export const STATUSES = ['planned', 'in-progress', 'completed', 'verified', 'withdrawn'] as const;
export type ActionStatus = (typeof STATUSES)[number];

/** How the action stands on a day. Before the day from which it is planned it is `planned`, and not yet in force. */
export function statusOn(action: ActionDocument, day: Day): ActionStatus {
  if (withdrawnOn(action, day) !== undefined) return 'withdrawn';
  const completion = completionBy(action.completions, day);
  if (completion !== undefined) return verificationOf(completion) === undefined ? 'completed' : 'verified';
  return progressBy(action.progress, day) === undefined ? 'planned' : 'in-progress';
}

/** A part of a whole: `exact` is a fraction in lowest terms, `displayed` a percentage with one digit. */
export interface Percentage {
  readonly exact: string;
  readonly displayed: string;
}

export function percentage(value: Fraction): Percentage {
  return { exact: exactText(value), displayed: percentText(value, 1) };
}

export function progress(action: ActionDocument, day: Day): Percentage {
  return percentage(progressOn(action, day));
}

/** Realisation over target (capaian), which may be above 1; null for a target of 0. */
export function achievement(realisation: string, target: string): Percentage | null {
  const [top, bottom] = [fromDecimal(realisation), fromDecimal(target)];
  if (compare(bottom, ZERO) === 0) return null;
  return percentage(over(top, bottom));
}
