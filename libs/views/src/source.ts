import type { Envelope } from '@jejak/core';
import type { Day } from '@jejak/domain';

/** The event that a fact comes from. */
export interface Source {
  readonly id: string;
  readonly index: number;
  /** whether the event says why */
  reasoned?: true;
  /** whether the programme's office recorded it */
  office?: true;
}

/** Notes on a fact what the door for late events asks about its event. */
export function marked<F extends Source>(fact: F, { reason, actor }: Envelope['meta']): F {
  if (reason !== undefined) fact.reasoned = true;
  if (actor.role === 'office') fact.office = true;
  return fact;
}

/** What was noted on a fact. */
export function marksOf({ reasoned, office }: Omit<Source, 'id' | 'index'>): Omit<Source, 'id' | 'index'> {
  return { ...(reasoned && { reasoned }), ...(office && { office }) };
}

/** A correction, on the day of what it corrects. */
export interface Corrected extends Source {
  readonly type: string;
  readonly on: Day;
}

export function corrected({ id, type, meta }: Envelope, index: number, on: Day): Corrected {
  return marked({ id, index, type, on }, meta);
}
