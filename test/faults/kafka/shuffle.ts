import { type ProgrammeEvent, ViewRunner } from '@jejak/core';
import { MemoryViewStore } from '@jejak/core/testing';
import { catalogue } from '@jejak/domain';
import { views } from '@jejak/views';
import type { Random } from '../../golden/oracle/random';
import { type History, storedDigest, Written } from './cities';

class Crash extends Error {}

/** A partition of the topic, and how far its group has committed. */
interface Partition {
  readonly events: ProgrammeEvent[];
  committed: number;
  owner: Worker;
  /** where its owner reads on */
  next: number;
}

/** A process that folds views. */
class Worker {
  private runner: ViewRunner | undefined;

  constructor(
    private readonly store: MemoryViewStore,
    private readonly log: Written,
  ) {}

  /** Deals with a batch; false where it crashed on the way. What it had in memory is gone then. */
  async deal(batch: readonly ProgrammeEvent[]): Promise<boolean> {
    try {
      if (this.runner === undefined) {
        const { store, log } = this;
        const runner = new ViewRunner({ views, store, log, catalogue, cachedDocuments: 50 });
        await runner.start();
        this.runner = runner;
      }
      await this.runner.apply(structuredClone(batch));
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.runner = undefined;
      return false;
    }
  }

  restart(): void {
    this.runner = undefined;
  }
}

/**
 * Spreads programmes over partitions and these over workers, by chance, and lets everything happen that Kafka lets
 * happen: a relay that sends again, batches of any size, partitions that move, owners that go on for a while after
 * they lost one, crashes within a commit and before the offset is committed.
 *
 * @returns the digest of what is stored in the end
 */
export async function shuffle(histories: ReadonlyMap<string, History>, random: Random): Promise<string> {
  // How many writes are left until the next crash.
  let fuse = random.int(20, 600);
  const store = new MemoryViewStore(() => {
    if (fuse-- > 0) return;
    fuse = random.int(20, 600);
    throw new Crash('crash');
  });
  const log = new Written(histories);
  const workers = Array.from({ length: random.int(1, 4) }, () => new Worker(store, log));
  const partitions = Array.from({ length: random.int(1, 6) }, (): Partition => {
    return { events: [], committed: 0, owner: random.pick(workers), next: 0 };
  });
  const relay = new Relay(histories, log, partitions, random);
  for (;;) {
    relay.send();
    const busy = partitions.filter(({ next, events }) => next < events.length);
    if (busy.length > 0) await deal(random.pick(busy), workers, random);
    else if (relay.isDone) {
      // A crash may have cost the last offsets: from there it comes again.
      const open = partitions.find(({ committed, events }) => committed < events.length);
      if (open === undefined) break;
      open.next = open.committed;
    }
  }
  return storedDigest(store, histories);
}

async function deal(partition: Partition, workers: readonly Worker[], random: Random): Promise<void> {
  const { owner } = partition;
  const take = (): readonly ProgrammeEvent[] => {
    const batch = partition.events.slice(partition.next, partition.next + random.int(1, 60));
    partition.next += batch.length;
    return batch;
  };
  const commit = (upTo: number): void => {
    partition.committed = Math.max(partition.committed, upTo);
  };
  const another = random.pick(workers);
  if (another !== owner && random.chance(0.1)) {
    // Shut out of the group, and still at it: two work on the same events at once.
    const stale = owner.deal(take());
    partition.owner = another;
    partition.next = partition.committed;
    const [, dealt] = await Promise.all([stale, another.deal(take())]);
    if (dealt) commit(partition.next);
    else partition.next = partition.committed;
    return;
  }
  const batch = take();
  const dealt = await owner.deal(batch);
  if (dealt && random.chance(0.8)) commit(partition.next);
  if (random.chance(0.05)) owner.restart();
  if (!dealt || random.chance(0.1)) {
    partition.owner = another;
    partition.next = partition.committed;
  }
}

/** Writes blocks, then sends; now and then it sends again what it has sent, as after a kill. */
class Relay {
  private readonly sent: Map<string, number>;
  private readonly homes: ReadonlyMap<string, Partition>;

  constructor(
    private readonly histories: ReadonlyMap<string, History>,
    private readonly log: Written,
    partitions: readonly Partition[],
    private readonly random: Random,
  ) {
    this.sent = new Map([...histories.keys()].map((programme) => [programme, 0]));
    this.homes = new Map([...histories.keys()].map((programme) => [programme, random.pick(partitions)]));
  }

  get isDone(): boolean {
    return [...this.histories].every(([programme, { length }]) => this.sent.get(programme) === length);
  }

  send(): void {
    const left = [...this.histories].filter(([programme, { length }]) => this.sent.get(programme) !== length);
    if (left.length === 0) return;
    const [programme, history] = this.random.pick(left);
    const sent = this.sent.get(programme) ?? 0;
    const from = this.random.chance(0.2) ? Math.max(0, sent - this.random.int(1, 30)) : sent;
    const to = Math.min(history.length, sent + this.random.int(1, 40));
    this.log.reach(programme, to);
    this.homes.get(programme)?.events.push(...history.slice(from, to));
    this.sent.set(programme, to);
  }
}
