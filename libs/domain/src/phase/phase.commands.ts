import type { CommandOf, Json } from '@jejak/core';
import { codeSchema, decisionBy, reportBy } from '../shared';
import { ordinalSchema, phaseDates, scheduleShape, scoreShape, sealShape } from './phase.events';

function sealIdentity(body: Json): Json {
  const { phase, closing } = body as { phase?: Json; closing?: { id?: Json } };
  return { phase, closing: closing?.id };
}

export const phaseCommands = {
  SchedulePhase: decisionBy(['office'], scheduleShape),
  ReschedulePhase: decisionBy(['office'], { phase: codeSchema, ...phaseDates }),
  OpenPhase: decisionBy(['office'], { phase: codeSchema }),
  ClosePhase: decisionBy(['office'], { phase: codeSchema }),
  /** Given by the process seal-phase. Its digest covers phase and closing only, so that two workers make one seal. */
  SealPhase: { ...decisionBy(['process'], sealShape), digested: sealIdentity },
  ReopenPhase: decisionBy(['office'], { phase: codeSchema }),
  PublishPhase: decisionBy(['office'], { phase: codeSchema, seal: ordinalSchema }),
  ScoreAspect: reportBy(['evaluator'], scoreShape),
};

export type PhaseCommand = CommandOf<typeof phaseCommands>;
