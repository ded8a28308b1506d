import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { DEFAULT_RULE } from '@jejak/domain';
import { InvalidParams, NotFound } from '../query';
import {
  actionTold,
  allocated,
  ask,
  context,
  planned,
  programme,
  reasoned,
  replanned,
  ruled,
  verified,
} from '../testing/tell';
import { explain, fulfilment } from './query';
import { fulfilmentView } from './view';

/** What a programme's figure is on some days, as numerator/denominator. */
function figureOn(told: readonly Told[], cutOff: string): string | null {
  const { programme: figure } = ask(fulfilment, told, { cutOff });
  return figure === null ? null : `${figure.numerator}/${figure.denominator}`;
}

const story: Told[] = [
  ...programme(['living', 'Economy']),
  planned('L-1', 'living'),
  planned('L-2', 'LIVING', { effectiveOn: '2023-03-01', weight: '2.5' }),
  planned('e-1', 'economy', { weight: '0.5' }),
  ...verified('L-1', '2023-02-10'),
  actionTold('e-1', 'ActionCompleted', { occurredOn: '2023-04-05' }, 'e-1-done'),
  reasoned(
    actionTold(
      'L-2',
      'ProgressReported',
      { occurredOn: '2023-06-20', quarter: '2023-Q2', realisation: '9' },
      'l-2-half',
    ),
  ),
  reasoned(actionTold('e-1', 'ActionWithdrawn', { effectiveOn: '2023-09-01' })),
  replanned(
    'L-2',
    'economy',
    {
      effectiveOn: '2023-07-01',
      weight: '4',
      targets: { unit: 'parks', quarters: [{ quarter: '2023-Q4', target: '18' }] },
    },
    'l-2-anew',
  ),
  allocated('B-1', 900, [
    { code: 'l-1', share: '1' },
    { code: 'L-2', share: '2' },
  ]),
];

describe('the view', () => {
  it('folds alike in any pages, and once what comes twice', () => {
    foldsAlike(fulfilmentView, recorded(story));
  });

  it('keeps the facts that count, with where they come from', () => {
    const [l1] = [
      ...ask({ ...fulfilment, answer: (documents) => documents.list('fulfilment', 'action/l-1') }, story),
    ];
    expect(l1?.value).toEqual({
      code: 'L-1',
      plans: [
        {
          id: 'e3',
          index: 3,
          on: '2023-01-01',
          dimension: 'living',
          weight: '1',
          target: '12',
          office: true,
        },
      ],
      withdrawals: [],
      completions: [
        {
          id: 'done-L-1-2023-02-10',
          index: 6,
          on: '2023-02-10',
          verifications: [{ id: 'seen-L-1-2023-02-10', index: 7, office: true }],
          office: true,
        },
      ],
      progress: [],
    });
  });

  it('stops at an event that names what is not there', () => {
    const voided = actionTold('L-1', 'ProgressVoided', { corrects: 'never' });
    expect(() => ask(fulfilment, [...story, voided])).toThrow('never');
    expect(() => ask(fulfilment, [...programme(['living']), ...verified('L-1', '2023-02-10')])).toThrow(
      'not planned',
    );
  });
});

describe('a figure at a cut-off', () => {
  it('counts an action from its first day to its withdrawal', () => {
    expect(figureOn(story, '2022-12-31')).toBeNull();
    expect(figureOn(story, '2023-02-09')).toBe('0/2');
    expect(figureOn(story, '2023-02-10')).toBe('1/2');
    expect(figureOn(story, '2023-02-28')).toBe('1/2');
    expect(figureOn(story, '2023-03-01')).toBe('1/3');
    expect(figureOn(story, '2023-08-31')).toBe('1/3');
    expect(figureOn(story, '2023-09-01')).toBe('1/2');
  });

  it('goes by the dates of what happened, not by when it was recorded', () => {
    // Section 4: complete 1 March, verify, retract, complete 1 April, verify: 0 at 15 March, 1 at 15 April.
    const corrected: Told[] = [
      ...programme(['living']),
      planned('L-1', 'living'),
      ...verified('L-1', '2023-03-01'),
      reasoned(actionTold('L-1', 'CompletionRetracted', { corrects: 'done-L-1-2023-03-01' })),
      ...verified('L-1', '2023-04-01'),
    ];
    expect(figureOn(corrected.slice(0, 6), '2023-03-15')).toBe('1/1');
    expect(figureOn(corrected, '2023-03-15')).toBe('0/1');
    expect(figureOn(corrected, '2023-04-15')).toBe('1/1');
  });

  it('is without what was rejected, and without a verification that was withdrawn until there is another', () => {
    const base: Told[] = [
      ...programme(['living']),
      planned('L-1', 'living'),
      ...verified('L-1', '2023-03-01'),
    ];
    const rejected = actionTold('L-1', 'CompletionRejected', { corrects: 'done-L-1-2023-03-01' });
    const withdrawn = actionTold('L-1', 'VerificationWithdrawn', { corrects: 'seen-L-1-2023-03-01' });
    const again = actionTold('L-1', 'CompletionVerified', { of: 'done-L-1-2023-03-01' });
    expect(figureOn(base, '2023-03-01')).toBe('1/1');
    expect(figureOn([...base, reasoned(rejected)], '2023-03-01')).toBe('0/1');
    expect(figureOn([...base, reasoned(withdrawn)], '2023-03-01')).toBe('0/1');
    expect(figureOn([...base, reasoned(withdrawn), again], '2023-03-01')).toBe('1/1');
  });

  it('takes the rule in force on the day; of one day the later word; before the first the first', () => {
    const told = [
      ...story,
      ruled('2023-05-01', { name: 'first thought', counts: 'progress' }),
      ruled('2023-05-01', { name: 'completed', counts: 'completed' }),
    ];
    const ruleOn = (cutOff: string) => {
      const { rule, ruleVersion } = ask(fulfilment, told, { cutOff });
      return [rule.name, ruleVersion];
    };
    expect(ruleOn('2022-01-01')).toEqual([DEFAULT_RULE.name, 1]);
    expect(ruleOn('2023-04-30')).toEqual([DEFAULT_RULE.name, 1]);
    expect(ruleOn('2023-05-01')).toEqual(['completed', 3]);
    expect(figureOn(told, '2023-05-01')).toBe('2/3');
  });

  it('weighs by weight, in the dimension and with the weight in force on the day', () => {
    const told = [...story, ruled('2023-01-01', { weighting: 'weight', counts: 'completed' })];
    expect(figureOn(told, '2023-06-30')).toBe('1.5/4');
    expect(figureOn(told, '2023-07-01')).toBe('1.5/5.5');
    const { dimensions } = ask(fulfilment, told, { cutOff: '2023-07-01' });
    expect(dimensions.map(({ code, counted, missing }) => ({ code, counted, missing }))).toEqual([
      { code: 'living', counted: ['L-1'], missing: [] },
      { code: 'Economy', counted: ['e-1'], missing: ['L-2'] },
    ]);
  });

  it('counts progress as realisation over the whole target in force, and a completion as nothing more', () => {
    const told = [...story, ruled('2023-01-01', { counts: 'progress' })];
    // L-2 at 9 of 12; L-1 and e-1 are completed, but nobody reported how far they came.
    expect(figureOn(told, '2023-06-30')).toBe('0.75/3');
    // From 1 July the target is 18.
    expect(figureOn(told, '2023-07-01')).toBe('0.5/3');
    const beyond = actionTold('L-2', 'ProgressReported', {
      occurredOn: '2023-08-01',
      quarter: '2023-Q3',
      realisation: '99',
    });
    expect(figureOn([...told, beyond], '2023-08-01')).toBe('1/3');
    const voided = actionTold('L-2', 'ProgressVoided', { corrects: 'l-2-half' });
    expect(figureOn([...told, reasoned(voided)], '2023-06-30')).toBe('0/3');
  });

  it('weighs by budget as the shares of the ceilings in force, exactly', () => {
    const told = [...story, ruled('2023-01-01', { weighting: 'budget' })];
    expect(figureOn(told, '2023-06-30')).toBe('300/900');
    const second = allocated(
      'b-2',
      100,
      [
        { code: 'E-1', share: '1' },
        { code: 'l-1', share: '2' },
      ],
      { effectiveOn: '2023-05-01' },
    );
    // 300 + 200/3 of 1000: no decimal, so both times 3
    expect(figureOn([...told, second], '2023-06-30')).toBe('1100/3000');
    expect(figureOn([...told, second], '2023-04-30')).toBe('300/900');
  });
});

describe('the question', () => {
  it("is of today in the programme's zone, or of its last day", () => {
    const now = (moment: string): string => ask(fulfilment, story, {}, { ...context, now: moment }).cutOff;
    expect(now('2023-03-14T16:59:59.999Z')).toBe('2023-03-14');
    expect(now('2023-03-14T17:00:00.000Z')).toBe('2023-03-15');
    expect(now('2031-01-01T00:00:00.000Z')).toBe('2025-12-31');
  });

  it('may bring another rule, which stands beside the official one', () => {
    const rule = JSON.stringify({ ...DEFAULT_RULE, name: 'mine', counts: 'completed' });
    const answer = ask(fulfilment, story, { cutOff: '2023-06-30', rule });
    expect(answer.programme).toMatchObject({ numerator: '1', rule: DEFAULT_RULE.name, ruleVersion: 1 });
    expect(answer.other?.programme).toMatchObject({ numerator: '2', rule: 'mine', ruleVersion: null });
  });

  it.each(['{', '{"name":"x"}', '7'])('refuses %s as a rule', (rule) => {
    expect(fulfilment.params.safeParse({ rule }).success).toBe(false);
  });

  it.each([
    [{ combine: 'given' }],
    [{ combine: 'given', weights: { living: '1' } }],
    [{ combine: 'given', weights: { living: '1', economy: '1', other: '1' } }],
    [{ combine: 'given', weights: { living: '0', economy: '0' } }],
    [{ weights: { living: '1', economy: '1' } }],
  ])('refuses a rule that the programme could not have: %j', (more) => {
    const params = { cutOff: '2023-06-30', rule: JSON.stringify({ ...DEFAULT_RULE, ...more }) };
    expect(() => ask(fulfilment, story, params)).toThrow(InvalidParams);
    expect(() => ask(explain, story, params)).toThrow('rule/weights');
  });

  it('has no answer before the programme is established', () => {
    expect(() => ask(fulfilment, [], {})).toThrow(NotFound);
  });
});

describe('an explanation', () => {
  it('names every event that made the figure', () => {
    const told = [...story, ruled('2023-02-01', { counts: 'progress', weighting: 'budget' }, 'the-rule')];
    const { figure, ruleEvent, actions } = ask(explain, told, { cutOff: '2023-08-01' });
    expect(figure).toMatchObject({ numerator: '300', denominator: '900' });
    expect(ruleEvent).toEqual({
      id: 'the-rule',
      index: told.length - 1,
      type: 'FulfilmentRuleRevised',
      on: '2023-02-01',
    });
    const [, l1, l2] = actions;
    expect(l1).toMatchObject({
      code: 'L-1',
      dimension: 'living',
      weight: '300',
      value: '0',
      counts: 'nothing',
    });
    expect(l1?.events.map(({ type }) => type)).toEqual([
      'ActionPlanned',
      'ActionCompleted',
      'CompletionVerified',
      'BudgetAllocated',
    ]);
    expect(l2).toMatchObject({
      code: 'L-2',
      dimension: 'Economy',
      weight: '600',
      value: '1/2',
      counts: 'part',
    });
    expect(l2?.events.map(({ id }) => id)).toEqual(['e4', 'l-2-half', 'l-2-anew', 'e12']);
  });

  it('says why an action is missing', () => {
    const retracted = reasoned(
      actionTold('L-1', 'CompletionRetracted', { corrects: 'done-L-1-2023-02-10' }, 'not-so'),
    );
    const { actions } = ask(explain, [...story, retracted], { cutOff: '2023-02-28' });
    const l1 = actions.find(({ code }) => code === 'L-1');
    expect(l1?.counts).toBe('nothing');
    expect(l1?.events.at(-1)).toEqual({
      id: 'not-so',
      index: story.length,
      type: 'CompletionRetracted',
      on: '2023-02-10',
      reasoned: true,
      office: true,
    });
  });

  it('names what was withdrawn, with its plan and its withdrawal, from the day on which it counts no more', () => {
    const of = (cutOff: string, more: object = {}) =>
      ask(explain, story, { cutOff, ...more }).actions.find(({ code }) => code === 'e-1');
    expect(of('2023-08-31')).toMatchObject({ weight: '1', counts: 'nothing' });
    const withdrawn = of('2023-09-01');
    expect(withdrawn).toMatchObject({ dimension: 'Economy', weight: '0', value: '0', counts: 'withdrawn' });
    expect(withdrawn?.events.map(({ id, type }) => [id, type])).toEqual([
      ['e5', 'ActionPlanned'],
      ['e10', 'ActionWithdrawn'],
    ]);
    expect(of('2023-09-01', { dimension: 'living' })).toBeUndefined();
    expect(of('2022-12-31')).toBeUndefined();
  });

  it('names a withdrawal that a plan of its day undid, with that plan', () => {
    const back = replanned('e-1', 'economy', { effectiveOn: '2023-09-01' }, 'e-1-back');
    const later = replanned('e-1', 'economy', { effectiveOn: '2023-10-01' }, 'e-1-later');
    const of = (told: readonly Told[], cutOff: string) =>
      ask(explain, told, { cutOff }).actions.find(({ code }) => code === 'e-1');
    const e1 = of([...story, back, later], '2023-12-01');
    expect(e1).toMatchObject({ counts: 'nothing' });
    expect(e1?.events.map(({ id, type }) => [id, type])).toEqual([
      ['e5', 'ActionPlanned'],
      ['e-1-done', 'ActionCompleted'],
      ['e10', 'ActionWithdrawn'],
      ['e-1-back', 'ActionReplanned'],
      ['e-1-later', 'ActionReplanned'],
    ]);
    expect(e1?.events[2]).toMatchObject({ reasoned: true });
    // Withdrawn anew from another day, it is so whatever was undone before, and a plan of that first day undoes nothing.
    const anew = reasoned(actionTold('e-1', 'ActionWithdrawn', { effectiveOn: '2023-11-01' }, 'anew'));
    const again = replanned('e-1', 'economy', { effectiveOn: '2023-09-01' }, 'e-1-again');
    const told = [...story, back, anew, again];
    expect(of(told, '2023-10-31')).toMatchObject({ counts: 'nothing' });
    expect(of(told, '2023-11-01')).toMatchObject({ counts: 'withdrawn' });
  });

  it('is of one dimension where that is asked', () => {
    const { figure, dimensions, actions } = ask(explain, story, {
      cutOff: '2023-02-28',
      dimension: 'LIVING',
    });
    expect(figure).toMatchObject({ numerator: '1', denominator: '1' });
    expect(dimensions.map(({ code }) => code)).toEqual(['living']);
    expect(actions.map(({ code }) => code)).toEqual(['L-1']);
    expect(() => ask(explain, story, { dimension: 'nowhere' })).toThrow(NotFound);
  });
});
