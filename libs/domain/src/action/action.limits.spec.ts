import { type Command, Refusal } from '@jejak/core';
import { given, idOf, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import { type ProgrammeAndPhase, quarterOf } from '../shared';
import { actionDecider, type ActionState } from './action.decider';

const always = [{ on: '2023-01-01', value: true }];
const facts: ProgrammeAndPhase = {
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['branding'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: { dispar: always, diskominfo: always, dinsos: always },
  },
  phase: { phases: {} },
};
const office = { subject: 'u-office', role: 'office' };
const dispar = { subject: 'u-dispar', role: 'officer', agency: 'Dispar' };
const diskominfo = { subject: 'u-diskominfo', role: 'officer', agency: 'diskominfo' };
const dinsos = { subject: 'u-dinsos', role: 'officer', agency: 'dinsos' };
const verifier = { subject: 'u-verifier', role: 'verifier' };
const reason = 'entered in error';

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const by = (actor: Command['actor'], type: string, body: object): Given => ({
  type,
  body,
  actor,
  code: 'br-1',
  at: '2023-12-20T03:00:00.000Z',
});
const plan = {
  code: 'BR-1',
  effectiveOn: '2023-02-01',
  title: 'City brand at every gate',
  kind: 'action',
  dimension: 'branding',
  weight: '1',
  targets: { unit: 'gates', quarters: [{ quarter: '2023-Q4', target: '8' }] },
  lead: 'Dispar',
  supporting: ['diskominfo'],
};
const progress = (occurredOn: string, realisation: string) => ({
  occurredOn,
  quarter: quarterOf(occurredOn),
  realisation,
});

interface Data {
  readonly occurredOn: string;
  readonly effectiveOn: string;
  readonly quarter: string;
  readonly realisation: string;
  readonly of: string;
  readonly corrects?: string;
  readonly lead: string;
  readonly supporting: readonly string[];
}
type Known = Past & { readonly id: string };
type Existing = Exclude<ActionState, { status: 'absent' }>;
type Step = (state: ActionState) => Given;

/** What is wrong with a history, by a search through it that knows nothing of the decider. */
function wrongs(events: readonly Known[]): string[] {
  const data = (event: Known) => event.data as Data;
  const subject = (event: Known | undefined) => event?.meta?.actor?.subject;
  const named = events.flatMap((event) => data(event).corrects ?? []);
  const gone = new Set(named);
  const stands = (type: string) => events.filter((event) => event.type === type && !gone.has(event.id));
  const completions = stands('ActionCompleted');
  const judged = stands('CompletionVerified').filter((event) =>
    completions.some(({ id }) => id === data(event).of),
  );
  const reports = stands('ProgressReported');
  const found: string[] = [];
  if (new Set(named).size < named.length) found.push('corrected twice');
  if (completions.length > 1) found.push('two completions');
  if (judged.length > 1) found.push('two verifications');
  if (judged.some((each) => subject(each) === subject(completions[0])))
    found.push('verified by the submitter');
  if (new Set(reports.map((each) => data(each).quarter)).size < reports.length) found.push('a quarter twice');
  for (const one of reports) {
    for (const other of reports) {
      const [a, b] = [data(one), data(other)];
      if (a.occurredOn < b.occurredOn && Number(a.realisation) > Number(b.realisation)) found.push('falls');
    }
  }
  const ends = events.flatMap((event) => (event.type === 'ActionWithdrawn' ? data(event).effectiveOn : []));
  for (const each of [...reports, ...completions]) {
    const on = data(each).occurredOn;
    if (ends.some((end) => on >= end)) found.push('reported when withdrawn');
    if (on < data(events[0]!).effectiveOn) found.push('reported before planned');
  }
  for (const [n, event] of events.entries()) {
    // An agency had part in it, as was known then.
    if (event.type !== 'ActionCompleted' && event.type !== 'ProgressReported') continue;
    const changes = events
      .slice(0, n)
      .filter(({ type }) => type === 'ActionPlanned' || type === 'ActionReassigned');
    const inForce = changes.reduce((best, each) =>
      data(each).effectiveOn <= data(event).occurredOn && data(each).effectiveOn >= data(best).effectiveOn
        ? each
        : best,
    );
    const names = [data(inForce).lead, ...data(inForce).supporting].map((name) => name.toLowerCase());
    const { agency, onBehalfOf } = event.meta!.actor!;
    if (!names.includes((onBehalfOf ?? agency ?? '').toLowerCase())) found.push('reported by a stranger');
  }
  return found;
}

function refusalOf(events: readonly Known[], command: Given): string | undefined {
  try {
    given(actionDecider, events, facts).when(command).events();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('whatever is asked of an action, in whatever order', () => {
  const day = fc.constantFrom(
    ...[
      '2023-02-01',
      '2023-03-31',
      '2023-04-01',
      '2023-06-30',
      '2023-07-01',
      '2023-09-30',
      '2023-10-01',
      '2023-12-15',
    ],
  );
  const late = fc.constantFrom('2023-07-01', '2023-10-01', '2023-12-15');
  const reporter = fc.constantFrom(dispar, diskominfo, dinsos);
  const judge = fc.constantFrom(verifier, { ...dispar, role: 'verifier' }, { ...office, role: 'verifier' });
  const onBehalf = fc.constantFrom('dispar', 'dinsos');
  /** Mostly the record that stands; at times any event, which may be the wrong one or long gone. */
  const named = (of: (state: Existing) => string | undefined) =>
    fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 12 })).map(([dice, n]) => (state: ActionState) => {
      const id = state.status === 'absent' || dice === 0 ? undefined : of(state);
      return id ?? idOf(n);
    });
  const completion = named((state) => state.completion?.id);
  const verification = named((state) => state.completion?.verification);
  const anyProgress = named((state) => state.progress.at(-1)?.id);
  const judging = (type: string, id: typeof completion) =>
    fc.tuple(judge, id).map(
      ([actor, of]): Step =>
        (state) =>
          by(actor, type, { corrects: of(state), reason }),
    );
  const taking = (type: string, id: typeof completion) =>
    fc.tuple(reporter, id).map(
      ([actor, of]): Step =>
        (state) =>
          by(actor, type, { corrects: of(state), reason }),
    );
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(reporter, day, fc.nat({ max: 4 })).map(
        ([actor, on, value]) =>
          () =>
            by(actor, 'ReportProgress', progress(on, String(value))),
      ),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(reporter, day).map(
        ([actor, occurredOn]) =>
          () =>
            by(actor, 'CompleteAction', { occurredOn }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(onBehalf, day).map(
        ([onBehalfOf, occurredOn]) =>
          () =>
            by(office, 'CompleteAction', { occurredOn, onBehalfOf, reason }),
      ),
    },
    {
      weight: 6,
      arbitrary: fc.tuple(judge, completion).map(
        ([actor, of]): Step =>
          (state) =>
            by(actor, 'VerifyCompletion', { of: of(state) }),
      ),
    },
    { weight: 1, arbitrary: judging('RejectCompletion', completion) },
    { weight: 2, arbitrary: taking('RetractCompletion', completion) },
    { weight: 2, arbitrary: taking('VoidProgress', anyProgress) },
    { weight: 4, arbitrary: judging('WithdrawVerification', verification) },
    {
      weight: 1,
      arbitrary: fc.tuple(day, onBehalf).map(
        ([on, lead]) =>
          () =>
            by(office, 'ReassignAction', { effectiveOn: on, lead, supporting: ['diskominfo'] }),
      ),
    },
    { weight: 1, arbitrary: late.map((effectiveOn) => () => by(office, 'WithdrawAction', { effectiveOn })) },
  );
  const history = fc
    .array(step, { minLength: 5, maxLength: 30 })
    .map((rest): Step[] => [() => by(office, 'PlanAction', plan), ...rest]);

  it('the limits hold on every day, and no old state changes', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(history, (steps) => {
        const { events } = play<ActionState>(actionDecider, steps, facts);
        for (const { type } of events) seen.set(type, (seen.get(type) ?? 0) + 1);
        expect(wrongs(events)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // The histories did get everywhere.
    const unused = ['ActionReplanned', 'EvidenceAttached'];
    const expected = Object.keys(actionDecider.events).filter((type) => !unused.includes(type));
    expect(expected.filter((type) => !seen.has(type))).toEqual([]);
  });

  it('what a limit refuses would have broken it', () => {
    const limits: Record<string, string> = {
      'progress-already-reported': 'a quarter twice',
      'progress-backward': 'falls',
      'progress-above-later': 'falls',
      'second-completion': 'two completions',
      'action-withdrawn': 'reported when withdrawn',
      'reports-after-withdrawal': 'reported when withdrawn',
      'own-completion': 'verified by the submitter',
      'not-your-agency': 'reported by a stranger',
    };
    const types: Record<string, string> = {
      ReportProgress: 'ProgressReported',
      CompleteAction: 'ActionCompleted',
      WithdrawAction: 'ActionWithdrawn',
      VerifyCompletion: 'CompletionVerified',
    };
    const checked = new Set<string>();
    fc.assert(
      fc.property(history, fc.array(step, { minLength: 8, maxLength: 8 }), (steps, attempts) => {
        const { state, events } = play<ActionState>(actionDecider, steps, facts);
        for (const attempt of attempts) {
          const command = attempt(state);
          const code = refusalOf(events, command);
          const type = types[command.type];
          const limit = limits[code ?? ''];
          if (code === undefined || type === undefined || limit === undefined) continue;
          checked.add(code);
          const { onBehalfOf } = command.body as { onBehalfOf?: string };
          const actor = { ...command.actor!, ...(onBehalfOf !== undefined && { onBehalfOf }) };
          const event = { type, data: command.body, id: idOf(events.length), meta: { actor } };
          expect(wrongs([...events, event])).toContain(limit);
        }
      }),
      { numRuns: 200 },
    );
    expect(checked.size).toBeGreaterThanOrEqual(6);
  });
});
