import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { NotFound } from '../query';
import { actionTold, ask, planned, programme, reasoned, replanned, verified } from '../testing/tell';
import { action, actions } from './query';
import { actionsView } from './view';

const report = (
  code: string,
  occurredOn: string,
  quarter: string,
  realisation: string,
  id: string,
  more: object = {},
) => actionTold(code, 'ProgressReported', { occurredOn, quarter, realisation, ...more }, id);

const story: Told[] = [
  ...programme(['living', 'economy']),
  planned('L-1', 'living', {
    supporting: ['Bappeda'],
    carriedFrom: { programme: 'malang.2020', action: 'X-9' },
  }),
  planned('l-2', 'living', { kind: 'quick-win', lead: 'DPUPR', title: 'a park' }),
  planned('E-1', 'ECONOMY', { effectiveOn: '2024-02-01', title: 'Zoo' }),
  report('L-1', '2023-03-31', '2023-Q1', '3', 'q1'),
  report('L-1', '2023-06-30', '2023-Q2', '9', 'q2', { explanation: 'as planned', hindering: 'rain' }),
  {
    ...actionTold(
      'L-1',
      'EvidenceAttached',
      { of: 'q2', digest: 'a'.repeat(64), mediaType: 'image/png', bytes: 7 },
      'photo',
    ),
  },
  report('L-1', '2023-09-30', '2023-Q3', '10', 'q3'),
  reasoned(actionTold('L-1', 'ProgressVoided', { corrects: 'q3' }, 'q3-void'), 'another action'),
  actionTold('L-1', 'ActionReassigned', { effectiveOn: '2023-08-01', lead: 'Bappeda', supporting: [] }),
  actionTold('l-2', 'ActionCompleted', { occurredOn: '2023-05-01', note: 'opened' }, 'done'),
  reasoned(actionTold('l-2', 'CompletionRejected', { corrects: 'done' }, 'not-done'), 'no photo'),
  ...verified('l-2', '2023-07-01'),
  reasoned(actionTold('l-2', 'ActionWithdrawn', { effectiveOn: '2024-06-01' })),
];

describe('the view', () => {
  it('folds alike in any pages, and once what comes twice', () => {
    foldsAlike(actionsView, recorded(story));
  });

  it('has no documents of other streams, which may have evidence too', () => {
    const evidence = { of: 'x', digest: 'a'.repeat(64), mediaType: 'image/png', bytes: 7 };
    const [event] = recorded([
      { stream: 'budget-malang.2023.b-1', type: 'EvidenceAttached', data: evidence },
    ]);
    expect(actionsView.keys(event!.event as never, 0)).toEqual([]);
  });
});

describe('an action', () => {
  const at = (cutOff: string, code = 'l-1', told = story) => ask(action, told, { action: code, cutOff });

  it('stands as its day has it', () => {
    expect(at('2023-03-30').status).toBe('planned');
    expect(at('2023-03-31').status).toBe('in-progress');
    expect(at('2023-05-01', 'L-2').status).toBe('planned');
    expect(at('2023-05-01', 'L-2', story.slice(0, 13)).status).toBe('completed');
    expect(at('2023-07-01', 'L-2').status).toBe('verified');
    expect(at('2024-05-31', 'L-2')).toMatchObject({ status: 'verified', inForce: true, withdrawnFrom: null });
    expect(at('2024-06-01', 'L-2')).toMatchObject({
      status: 'withdrawn',
      inForce: false,
      withdrawnFrom: '2024-06-01',
    });
  });

  it('shows a withdrawal and its reason, also where a plan of its day undid it', () => {
    const back = replanned('l-2', 'living', { effectiveOn: '2024-06-01' }, 'back');
    const shown = at('2024-07-01', 'l-2', [...story, back]);
    expect(shown).toMatchObject({ status: 'verified', inForce: true, withdrawnFrom: null });
    expect(shown.withdrawals).toMatchObject([
      { on: '2024-06-01', undone: 'back', reason: expect.any(String) as string },
    ]);
  });

  it('is planned and not in force before its first day', () => {
    expect(at('2024-01-31', 'e-1')).toMatchObject({
      status: 'planned',
      inForce: false,
      plannedFrom: '2024-02-01',
      title: 'Zoo',
    });
    expect(at('2024-02-01', 'e-1')).toMatchObject({ status: 'planned', inForce: true });
  });

  it('has target, realisation and achievement of each quarter', () => {
    const { quarters, progress, unit, target } = at('2023-12-31');
    expect({ unit, target, progress }).toEqual({
      unit: 'parks',
      target: '12',
      progress: { exact: '3/4', displayed: '75.0' },
    });
    expect(
      quarters.map(({ quarter, target: planned, realisation, achievement }) => [
        quarter,
        planned,
        realisation,
        achievement,
      ]),
    ).toEqual([
      ['2023-Q1', '0', '3', null],
      ['2023-Q2', '6', '9', { exact: '3/2', displayed: '150.0' }],
      ['2023-Q4', '12', null, null],
    ]);
    expect(quarters[1]?.report).toMatchObject({ id: 'q2', explanation: 'as planned', hindering: 'rain' });
  });

  it('says what it knows up to the day: also what was corrected, with the reason', () => {
    expect(at('2023-06-29')).toMatchObject({ reports: [{ id: 'q1' }], evidence: [] });
    const { reports, evidence } = at('2023-12-31');
    expect(evidence).toMatchObject([{ id: 'photo', of: 'q2' }]);
    expect(reports.find(({ id }) => id === 'q3')?.voided).toMatchObject({
      id: 'q3-void',
      reason: 'another action',
    });
    const { completions, completion } = at('2023-12-31', 'l-2');
    expect(completions.map(({ id, rejected }) => [id, rejected?.reason])).toEqual([
      ['done', 'no photo'],
      ['done-l-2-2023-07-01', undefined],
    ]);
    expect(completions[0]?.note).toBe('opened');
    expect(completion?.verifications).toHaveLength(1);
  });

  it('has the agencies and the plan of the day, and the revision of its stream', () => {
    expect(at('2023-07-31')).toMatchObject({ lead: 'Diskominfo', supporting: ['Bappeda'], revision: 6 });
    expect(at('2023-08-01')).toMatchObject({ lead: 'Bappeda', supporting: [] });
    const anew = [
      ...story,
      replanned('L-1', 'economy', { effectiveOn: '2023-06-01', title: 'Anew', weight: '3' }),
    ];
    expect(at('2023-05-31', 'L-1', anew)).toMatchObject({
      title: 'Action L-1',
      dimension: 'living',
      revision: 7,
    });
    expect(at('2023-06-01', 'L-1', anew)).toMatchObject({ title: 'Anew', dimension: 'economy', weight: '3' });
    expect(at('2023-06-01').carriedFrom).toEqual({ programme: 'malang.2020', action: 'X-9' });
  });

  it('names the agency that a report was made for', () => {
    const actor = { subject: 'u-office', role: 'office', onBehalfOf: 'Bappeda' };
    const told = {
      ...report('L-1', '2023-11-30', '2023-Q4', '11', 'q4'),
      meta: { actor, reason: 'no network' },
    };
    const { reports } = at('2023-12-31', 'L-1', [...story, told]);
    expect(reports.at(-1)).toMatchObject({ by: 'u-office', agency: 'Bappeda', reason: 'no network' });
  });

  it('is found whatever the case of its code, or not at all', () => {
    expect(at('2023-12-31', 'L-2').code).toBe('l-2');
    expect(() => at('2023-12-31', 'l-3')).toThrow(NotFound);
  });
});

describe('the list', () => {
  const codes = (params: object) =>
    ask(actions, story, { cutOff: '2023-08-01', ...params }).items.map(({ code }) => code);

  it('filters by what is so at the cut-off', () => {
    expect(codes({})).toEqual(['E-1', 'L-1', 'l-2']);
    expect(codes({ agency: 'diskominfo' })).toEqual(['E-1']);
    expect(codes({ agency: 'DISKOMINFO', cutOff: '2023-07-31' })).toEqual(['E-1', 'L-1']);
    expect(codes({ agency: 'bappeda', cutOff: '2023-07-31' })).toEqual(['L-1']);
    expect(codes({ dimension: 'Economy' })).toEqual(['E-1']);
    expect(codes({ status: 'verified' })).toEqual(['l-2']);
    expect(codes({ kind: 'quick-win' })).toEqual(['l-2']);
    expect(codes({ kind: 'quick-win', status: 'planned' })).toEqual([]);
  });

  it('sorts', () => {
    expect(codes({ sort: 'title' })).toEqual(['l-2', 'L-1', 'E-1']);
    expect(codes({ sort: 'dimension', order: 'desc' })).toEqual(['l-2', 'L-1', 'E-1']);
    expect(codes({ sort: 'lead' })).toEqual(['L-1', 'E-1', 'l-2']);
    expect(codes({ sort: 'status' })).toEqual(['E-1', 'L-1', 'l-2']);
    expect(codes({ sort: 'progress', order: 'desc' })).toEqual(['L-1', 'l-2', 'E-1']);
  });

  const many: Told[] = [
    ...programme(['living']),
    ...Array.from({ length: 130 }, (_, n) =>
      planned(`a-${String(n)}`, 'living', { title: `title ${String(n % 7)}` }),
    ),
  ];

  it.each(['code', 'title', 'progress'] as const)(
    'comes in pages that leave nothing out and repeat nothing: by %s',
    (sort) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: { items: readonly { code: string }[]; total: number; next: string | null } = ask(
          actions,
          many,
          {
            sort,
            limit: '40',
            ...(cursor !== null && { cursor }),
          },
        );
        expect(page.total).toBe(130);
        seen.push(...page.items.map(({ code }) => code));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toHaveLength(130);
      expect(new Set(seen).size).toBe(130);
    },
  );

  it('goes on where it was when something came in between', () => {
    const first = ask(actions, many, { limit: 50 });
    const more = [...many, planned('a-0a', 'living'), planned('zz', 'living')];
    const second = ask(actions, more, { limit: 500, cursor: first.next });
    expect(second.items.map(({ code }) => code)).toEqual([
      ...ask(actions, many, { limit: 500 })
        .items.slice(50)
        .map(({ code }) => code),
      'zz',
    ]);
  });

  it('has pages of 50, and of 500 at most', () => {
    expect(ask(actions, many).items).toHaveLength(50);
    expect(actions.params.safeParse({ limit: 501 }).success).toBe(false);
    expect(actions.params.safeParse({ limit: '0' }).success).toBe(false);
    expect(actions.params.safeParse({ cursor: 'nonsense' }).success).toBe(false);
    expect(actions.params.safeParse({ other: 'x' }).success).toBe(false);
  });
});
