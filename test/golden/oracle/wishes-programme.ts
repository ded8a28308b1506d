import type { Day } from '@jejak/domain';
import { fold, snapshotAt } from './folds';
import { AGENCIES, type Maker, PHASES, randomRule, type Wishes } from './maker';
import { type Happened, PROGRAMME } from './world';

/** Seals a closing as the process does: from the log up to it. */
export function sealed(maker: Maker, closing: Happened): readonly Happened[] {
  const { phase, number, cutOff } = closing.event.data as { phase: string; number: number; cutOff: Day };
  const { id } = closing.event;
  const { index } = closing;
  const snapshot = snapshotAt(fold(maker.world.events.slice(0, index + 1)), PROGRAMME, cutOff, phase);
  const { rule, ruleVersion, engineVersion } = snapshot;
  const body = {
    phase,
    number,
    closing: { id, index },
    cutOff,
    rule,
    ruleVersion,
    engineVersion,
    snapshot: JSON.parse(JSON.stringify(snapshot)) as object,
    tree: { size: index + 1, root: 'of no matter here' },
  };
  const actor = { subject: 'process:seal-phase', role: 'process' };
  return maker.wish('phase', 'SealPhase', body, undefined, actor);
}

export const programmeWishes: Wishes = {
  reviseRule: [
    3,
    (maker) => {
      const rule = randomRule(maker.random, maker.dimensions);
      maker.wish('programme', 'ReviseFulfilmentRule', { rule, ...maker.change() });
    },
  ],
  setPolicy: [
    1,
    (maker) => {
      const policy = maker.random.pick(['needs-reason', 'needs-reason', 'office-only']);
      maker.wish('programme', 'SetLateReportingPolicy', { policy });
    },
  ],
  rename: [
    1,
    (maker) => {
      const agency = maker.anyCase(maker.random.pick(AGENCIES));
      const name = `name ${String(maker.random.int(1, 9))}`;
      maker.wish('programme', 'EnrolAgency', { agency, name, ...maker.change() });
    },
  ],
};

export const phaseWishes: Wishes = {
  close: [
    4,
    (maker) => {
      const phase = maker.anyCase(maker.random.pick(PHASES));
      maker.closings.push(...maker.wish('phase', 'ClosePhase', { phase }));
    },
  ],
  reopen: [
    2,
    (maker) => {
      maker.wish('phase', 'ReopenPhase', { phase: maker.random.pick(PHASES), reason: 'more to come' });
    },
  ],
  seal: [
    4,
    (maker) => {
      const closing = maker.closings.shift();
      if (closing !== undefined) sealed(maker, closing);
    },
  ],
  publish: [
    1,
    (maker) => {
      const found = maker.some('PhaseSealed');
      if (found === undefined) return;
      const { phase, number } = found.event.data as { phase: string; number: number };
      maker.wish('phase', 'PublishPhase', { phase, seal: number });
    },
  ],
  score: [
    1,
    (maker) => {
      const { random } = maker;
      const body = {
        phase: random.pick(PHASES),
        aspect: random.pick(['output', 'impact']),
        score: '7.5',
        reason: 'as seen',
      };
      const actor = { subject: 'u-asesor', role: 'evaluator' };
      maker.wish('phase', 'ScoreAspect', { ...body, occurredOn: maker.day() }, undefined, actor);
    },
  ],
};
