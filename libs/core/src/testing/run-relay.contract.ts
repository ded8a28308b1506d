import fc from 'fast-check';
import type { ProgrammeEvent } from '../envelope';
import type { BlockStore, EventPublisher } from '../ports/block-store';
import { runRelay } from '../run-relay';
import { before } from '../token';
import {
  collect,
  type EventLogFixture,
  freshProgramme,
  type MakeEventLog,
  newEvents,
  ofProgramme,
  streamOf,
} from './log-fixture';
import type { BlockStoreFixture, MakeBlockStore } from './block-store.contract';
import { MemoryPublisher } from './memory-blocks';
import { memoryBlocks } from './memory-fixtures';

class Killed extends Error {}

/** The port's methods, of which the n-th call from now is cut off: before it has an effect, or after. */
function killedAt<T extends object>(port: T, methods: readonly (keyof T)[], fuse: { left: number }): T {
  const burn = (): void => {
    if (fuse.left-- === 0) throw new Killed('killed');
  };
  return new Proxy(port, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function' || !methods.includes(name as keyof T)) return method;
      return async (...args: unknown[]) => {
        burn();
        const result: unknown = await Reflect.apply(method, target, args);
        burn();
        return result;
      };
    },
  });
}

/** What consumers that drop duplicates by index make of what was published. */
function consumed(published: readonly ProgrammeEvent[]): Map<string, ProgrammeEvent[]> {
  const kept = new Map<string, ProgrammeEvent[]>();
  for (const recorded of published) {
    const { programme } = recorded.event;
    const events = kept.get(programme) ?? [];
    kept.set(programme, events);
    if (recorded.index === events.length) events.push(recorded);
    else if (recorded.index > events.length) throw new Error(`${programme} has a gap`);
    else expect(recorded).toEqual(events[recorded.index]);
  }
  return kept;
}

/** A log, and where the relay carries it. */
class Bench {
  readonly publisher = new MemoryPublisher();
  private streams = 0;
  private end: string | undefined;

  constructor(
    private readonly fixture: EventLogFixture,
    private readonly stored: BlockStoreFixture,
  ) {}

  get blocks(): BlockStore {
    return this.stored.store;
  }

  async backup(): Promise<() => Promise<void>> {
    if (this.stored.backup === undefined) throw new Error('the fixture can bring nothing back');
    return this.stored.backup();
  }

  async lose(programme: string, count: number): Promise<void> {
    if (this.stored.lose === undefined) throw new Error('the fixture can lose nothing');
    await this.stored.lose(programme, count);
  }

  async append(programme: string, count: number): Promise<void> {
    const stream = streamOf(programme, `s-${String(this.streams++)}`);
    const { events } = await this.fixture.log.append(stream, -1, newEvents(programme, count));
    this.end = events.at(-1)?.position;
  }

  /** Runs the relay until it has carried the log to its end, or is killed. */
  async relay(blocks: BlockStore = this.blocks, publisher: EventPublisher = this.publisher): Promise<void> {
    const { end } = this;
    const ending = new AbortController();
    const onRelayed = (_: number, position: string): void => {
      if (end !== undefined && !before(position, end)) ending.abort();
    };
    if (await this.isWhole()) return;
    // Another relay may carry the rest before this one begins, which would then wait for what comes.
    const looking = setInterval(() => {
      this.isWhole().then(
        (whole) => {
          if (whole) ending.abort();
        },
        () => undefined,
      );
    }, 50);
    try {
      await runRelay({ log: this.fixture.log, blocks, publisher, onRelayed }, ending.signal);
    } finally {
      clearInterval(looking);
    }
  }

  async check(programmes: readonly string[]): Promise<void> {
    await this.fixture.settled();
    const kept = consumed(this.publisher.published);
    for (const programme of programmes) {
      const own = await ofProgramme(this.fixture.log, programme);
      expect(await collect(this.blocks.readProgramme(programme, 0))).toEqual(own);
      expect(kept.get(programme) ?? []).toEqual(own);
    }
    expect((await this.blocks.checkpoint())?.position).toBe(this.end);
  }

  /** Whether there is nothing to carry, and nothing to heal: the relay would wait for what comes. */
  private async isWhole(): Promise<boolean> {
    const checkpoint = await this.blocks.checkpoint();
    if (checkpoint?.position !== this.end) return false;
    const heads = new Map((await this.blocks.heads()).map(({ programme, index }) => [programme, index]));
    return Object.entries(checkpoint?.indexes ?? {}).every(
      ([programme, index]) => (heads.get(programme) ?? -1) >= index,
    );
  }
}

/** Everything that the relay promises, over a log. */
export function runRelayContract(
  name: string,
  makeLog: MakeEventLog,
  options: { readonly series?: number; readonly makeBlocks?: MakeBlockStore } = {},
): void {
  describe(`the relay over ${name}`, () => {
    /** Everything on a log of its own: the relay reads all of it. */
    const onLog = async (work: (bench: Bench) => Promise<void>): Promise<void> => {
      const fixture = await makeLog(() => Date.parse('2023-06-12T02:00:00.000Z'));
      const blocks = await (options.makeBlocks ?? memoryBlocks)();
      try {
        await work(new Bench(fixture, blocks));
      } finally {
        await blocks.close();
        await fixture.close();
      }
    };

    const series = <T>(arbitrary: fc.Arbitrary<T>, work: (bench: Bench, value: T) => Promise<void>) =>
      fc.assert(
        fc.asyncProperty(arbitrary, (value) => onLog((bench) => work(bench, value))),
        { numRuns: options.series ?? 30 },
      );

    it('writes and publishes everything once when nothing goes wrong', () =>
      onLog(async (bench) => {
        const programmes = [freshProgramme(), freshProgramme()] as const;
        for (let n = 0; n < 10; n++) {
          await bench.append(programmes[n % 2 === 0 ? 0 : 1], 1 + (n % 4));
          if (n % 3 === 0) await bench.relay();
        }
        await bench.relay();
        await bench.check(programmes);
        const ids = bench.publisher.published.map(({ event }) => event.id);
        expect(new Set(ids).size).toBe(ids.length);
      }));

    it('killed at any step, it leaves nothing out, and keeps the order of each programme', async () => {
      const step = fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 }), fc.nat(14));
      await series(fc.array(step, { minLength: 1, maxLength: 12 }), async (bench, steps) => {
        const programmes = [freshProgramme(), freshProgramme(), freshProgramme()];
        for (const [which, count, kill] of steps) {
          await bench.append(programmes[which] as string, count);
          const fuse = { left: kill };
          const blocks = killedAt<BlockStore>(
            bench.blocks,
            ['write', 'saveCheckpoint', 'heads', 'checkpoint'],
            fuse,
          );
          const publisher = killedAt<EventPublisher>(bench.publisher, ['publish'], fuse);
          await bench.relay(blocks, publisher).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
        }
        await bench.relay();
        await bench.check(programmes);
      });
    });

    it('heals blocks that came back older, whole or of one programme, from the log', async () => {
      const step = fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 5 }), fc.nat(3));
      await series(fc.array(step, { minLength: 2, maxLength: 10 }), async (bench, steps) => {
        const programmes = [freshProgramme(), freshProgramme()];
        let restore = await bench.backup();
        for (const [which, count, loss] of steps) {
          const programme = programmes[which] as string;
          await bench.append(programme, count);
          await bench.relay();
          if (loss === 1) restore = await bench.backup();
          if (loss === 2) await restore();
          if (loss === 3) await bench.lose(programme, count + 1);
        }
        await bench.relay();
        await bench.check(programmes);
      });
    });

    it('run twice at once, it only makes duplicates', () =>
      onLog(async (bench) => {
        const programmes = [freshProgramme(), freshProgramme()] as const;
        for (let n = 0; n < 40; n++) {
          await bench.append(programmes[n % 2 === 0 ? 0 : 1], 2);
          if (n % 8 === 0) await Promise.allSettled([bench.relay(), bench.relay()]);
        }
        await bench.relay();
        await bench.check(programmes);
      }));
  });
}
