import type { Process } from '@jejak/core';
import { sealPhase } from './seal-phase/seal-phase';

/** Every process that answers events with commands. */
export const processes: readonly Process[] = [sealPhase];

export { sealAt, sealPhase } from './seal-phase/seal-phase';
export { remind, reminderNeeds } from './reminders/reminders';
