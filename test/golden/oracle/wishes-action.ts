import type { Actor } from '@jejak/core';
import { quarterOf } from '@jejak/domain';
import { AGENCIES, codeOf, daysSince, type Maker, type Wishes } from './maker';

const VERIFIER: Actor = { subject: 'u-verifier', role: 'verifier' };

function plan(maker: Maker): object {
  const { random, dimensions } = maker;
  const first = random.int(0, 40);
  const second = first + random.int(1, 60);
  return {
    title: `action ${String(random.int(1, 999))}`,
    kind: random.pick(['action', 'quick-win']),
    dimension: maker.anyCase(random.pick(dimensions)),
    weight: random.pick(['0', '1', '2.5', '0.3333']),
    targets: {
      unit: 'units',
      quarters: [
        { quarter: '2023-Q2', target: String(first) },
        { quarter: '2024-Q1', target: random.pick([String(second), `${String(second)}.5`]) },
      ],
    },
  };
}

function agencies({ random }: Maker): object {
  const [lead = '', ...others] = random.chance(0.5) ? AGENCIES : [...AGENCIES].reverse();
  return { lead, supporting: others.slice(0, random.pick([0, 1, 2, 2, 2])) };
}

function judge(maker: Maker, command: string, type: string, body: (id: string) => object): void {
  const found = maker.some(type);
  if (found !== undefined) maker.wish('action', command, body(found.event.id), codeOf(found), VERIFIER);
}

export const actionWishes: Wishes = {
  plan: [
    12,
    (maker) => {
      if (maker.made.action >= 9) return;
      const code = maker.anyCase(`a-${String(++maker.made.action)}`);
      const body = { code, ...plan(maker), ...agencies(maker), ...maker.beginning() };
      maker.wish('action', 'PlanAction', body, code);
    },
  ],
  replan: [
    5,
    (maker) =>
      maker.wish('action', 'ReplanAction', { ...plan(maker), ...maker.change() }, maker.code('action')),
  ],
  reassign: [
    2,
    (maker) =>
      maker.wish('action', 'ReassignAction', { ...agencies(maker), ...maker.change() }, maker.code('action')),
  ],
  withdraw: [2, (maker) => maker.wish('action', 'WithdrawAction', maker.change(), maker.code('action'))],
  progress: [
    14,
    (maker) => {
      const n = maker.random.int(1, Math.max(1, maker.made.action));
      const occurredOn = maker.day();
      // Rises with the days, so that most reports lie between their neighbours.
      const days = daysSince(occurredOn);
      const realisation = `${String(Math.floor((days * (n + 3)) / 70))}.${days % 10 === 0 ? '0' : '5'}`;
      const body = { occurredOn, quarter: quarterOf(occurredOn), realisation };
      maker.report('action', 'ReportProgress', body, `a-${String(n)}`);
    },
  ],
  complete: [
    20,
    (maker) => maker.report('action', 'CompleteAction', { occurredOn: maker.day() }, maker.code('action')),
  ],
  verify: [16, (maker) => judge(maker, 'VerifyCompletion', 'ActionCompleted', (of) => ({ of }))],
  reject: [
    2,
    (maker) =>
      judge(maker, 'RejectCompletion', 'ActionCompleted', (corrects) => ({ corrects, reason: 'not seen' })),
  ],
  withdrawVerification: [
    3,
    (maker) =>
      judge(maker, 'WithdrawVerification', 'CompletionVerified', (corrects) => ({
        corrects,
        reason: 'looked again',
      })),
  ],
  retract: [4, (maker) => maker.correct('action', 'RetractCompletion', 'ActionCompleted')],
  voidProgress: [4, (maker) => maker.correct('action', 'VoidProgress', 'ProgressReported')],
  evidence: [
    2,
    (maker) => {
      const found = maker.some('ProgressReported', 'ActionCompleted');
      if (found === undefined) return;
      const body = { of: found.event.id, digest: 'a'.repeat(64), mediaType: 'image/png', bytes: 7 };
      maker.report('action', 'AttachEvidence', body, codeOf(found));
    },
  ],
};
