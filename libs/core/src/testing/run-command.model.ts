import fc from 'fast-check';
import type { Json } from '../json';
import { Refusal } from '../refusal';
import type { CommandRunner } from '../run-command';
import { streamName } from '../stream-name';
import { KeyReused, type Receipt, RevisionMismatch } from '../submission';
import type { CommandTests } from './commands-fixture';
import { NO_LIMIT } from './counter';
import { freshProgramme } from './log-fixture';

interface Step {
  readonly type: 'Add' | 'AddTwice' | 'Reset' | 'SetLimit';
  readonly by: number;
  readonly key: string;
  readonly subject: string;
  readonly code: string;
  readonly ifMatch: number | undefined;
  readonly runner: number;
  /** that runner begins anew before the step, as after a restart */
  readonly restart: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom('Add', 'Add', 'AddTwice', 'Reset', 'SetLimit'),
  by: fc.integer({ min: 1, max: 3 }),
  key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'),
  subject: fc.constantFrom('u-1', 'u-2'),
  code: fc.constantFrom('a', 'b'),
  ifMatch: fc.option(fc.integer({ min: -1, max: 4 }), { nil: undefined, freq: 4 }),
  runner: fc.integer({ min: 0, max: 2 }),
  restart: fc.boolean(),
});

type Outcome = { readonly revisions: readonly number[] } | { readonly refused: string };

/** What semantics 7 says of a series of commands, written down as plainly as it can be. */
class Model {
  private readonly done = new Map<
    string,
    { readonly asked: string; readonly revisions: readonly number[] }
  >();
  private readonly streams = new Map<string, { total: number; revision: number }>();
  private limit = NO_LIMIT;

  run({ type, by, key, subject, code, ifMatch }: Step, body: Json): Outcome {
    const name = type === 'SetLimit' ? 'limit' : code;
    let stream = this.streams.get(name);
    if (stream === undefined) this.streams.set(name, (stream = { total: 0, revision: -1 }));
    const asked = JSON.stringify([type, body]);
    const id = JSON.stringify([subject, name, key]);
    const before = this.done.get(id);
    if (before !== undefined) {
      return before.asked === asked ? { revisions: before.revisions } : { refused: 'idempotency-key-reused' };
    }
    if (ifMatch !== undefined && ifMatch !== stream.revision) return { refused: 'revision-mismatch' };
    let events = 1;
    switch (type) {
      case 'SetLimit':
        this.limit = by * 4;
        break;
      case 'Reset':
        if (stream.total === 0) return { refused: 'nothing-to-reset' };
        stream.total = 0;
        break;
      case 'Add':
      case 'AddTwice':
        events = type === 'Add' ? 1 : 2;
        if (stream.total + by * events > this.limit) return { refused: 'over-limit' };
        stream.total += by * events;
        break;
      default:
        throw new Error(type satisfies never);
    }
    const { revision } = stream;
    const revisions = Array.from({ length: events }, (_, n) => revision + 1 + n);
    stream.revision += events;
    this.done.set(id, { asked, revisions });
    return { revisions };
  }
}

function bodyOf({ type, by }: Step): Json {
  switch (type) {
    case 'SetLimit':
      return { limit: by * 4 };
    case 'Reset':
      return {};
    case 'Add':
    case 'AddTwice':
      return { by };
    default:
      return type satisfies never;
  }
}

function refusal(error: unknown): Outcome {
  if (error instanceof Refusal || error instanceof KeyReused || error instanceof RevisionMismatch) {
    return { refused: error.code };
  }
  throw error;
}

export const modelTests: CommandTests = (under) => ({
  'any series of commands, over several runners and restarts, is answered as the model answers it':
    async () => {
      const { runner, submission } = under();
      const counts = { steps: 0, accepted: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const programme = freshProgramme();
          const model = new Model();
          const runners: (CommandRunner | undefined)[] = [];
          const tokens = new Map<string, Receipt>();
          for (const each of steps) {
            if (each.restart) runners[each.runner] = undefined;
            const mine = (runners[each.runner] ??= runner());
            const body = bodyOf(each);
            const command = submission(each.type, body, {
              stream:
                each.type === 'SetLimit'
                  ? streamName('limit', programme)
                  : streamName('counter', programme, each.code),
              key: each.key,
              actor: { subject: each.subject, role: 'office' },
              ...(each.ifMatch !== undefined && { ifMatch: each.ifMatch }),
            });
            const expected = model.run(each, body);
            const receipt = await mine.run(command).catch((error: unknown) => refusal(error));
            counts.steps++;
            if ('refused' in receipt) {
              expect(receipt).toEqual(expected);
              continue;
            }
            if ('revisions' in receipt) throw new Error('a receipt has events');
            counts.accepted++;
            expect({ revisions: receipt.events.map(({ revision }) => revision) }).toEqual(expected);
            const first = receipt.events[0]!.id;
            expect(receipt).toEqual(tokens.get(first) ?? receipt);
            tokens.set(first, receipt);
          }
        }),
        { numRuns: 60 },
      );
      // Neither all accepted nor all refused: both kinds were seen.
      expect(counts.accepted).toBeGreaterThan(counts.steps / 10);
      expect(counts.accepted).toBeLessThan(counts.steps);
    },
});
