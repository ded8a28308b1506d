import type { LoggedEvent, ProgrammeEvent } from './envelope';
import type { BlockStore, EventPublisher, RelayCheckpoint } from './ports/block-store';
import type { EventLog } from './ports/event-log';
import { before } from './token';

export interface RelayOptions {
  readonly log: Pick<EventLog, 'follow'>;
  readonly blocks: BlockStore;
  readonly publisher: EventPublisher;
  /** told after each page: its events, and the position up to which all of the log is relayed */
  readonly onRelayed?: (events: number, position: string) => void;
}

/** Where a programme stands for the relay. */
interface Standing {
  readonly index: number;
  readonly position: string;
}

/** After a page of more than one event the relay rests, so that the next one grows: milliseconds for each, at most. */
const REST = 1;
const LONGEST_REST = 25;
/** Events; such a page does not have to grow. */
const LARGE = 100;

/**
 * Carries the log to those who follow: counts each programme's index, writes the blocks, publishes, and saves its
 * checkpoint, in this order. One page is published at a time; the blocks of the next are written meanwhile. Killed
 * anywhere, or run twice at once, it writes the same blocks again and publishes again, which consumers drop by index;
 * it leaves nothing out.
 *
 * Ends when the signal aborts.
 *
 * @throws what its ports throw, BlockStoreMoved among it: run it again, and it goes on from what the store holds
 */
export async function runRelay(options: RelayOptions, signal: AbortSignal): Promise<void> {
  const { log, blocks } = options;
  const checkpoint = await blocks.checkpoint();
  const { from, standings } = await resume(blocks, checkpoint);
  const sender = new Sender(options, checkpoint?.position, signal);
  try {
    for await (const page of log.follow(from, sender.ending)) {
      const last = page.at(-1);
      if (last === undefined) continue;
      const events = number(page, standings);
      if (events.length > 0) await blocks.write(events);
      await sender.sent;
      if (sender.ending.aborted) break;
      sender.send(events, { position: last.position, indexes: indexesOf(standings) });
      if (events.length > 1 && events.length < LARGE)
        await sleep(Math.min(LONGEST_REST, REST * events.length));
    }
  } catch (error) {
    sender.stop();
    await sender.done().catch(() => undefined);
    throw error;
  }
  await sender.done();
}

/** Publishes pages, one at a time, and says in the checkpoint how far that is; of one while the next is published. */
class Sender {
  /** the last page is published, or will never be */
  sent: Promise<void> = Promise.resolve();
  /** the signal aborts, or a page could not be sent */
  readonly ending: AbortSignal;
  private readonly failed = new AbortController();
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: RelayOptions,
    private saved: string | undefined,
    signal: AbortSignal,
  ) {
    this.ending = AbortSignal.any([signal, this.failed.signal]);
  }

  /** Call it when the page before is sent. */
  send(events: readonly ProgrammeEvent[], next: RelayCheckpoint): void {
    this.sent = this.publish(events, next);
    this.sent.catch(() => this.stop());
  }

  stop(): void {
    this.failed.abort();
  }

  /** Nothing is under way any more. */
  async done(): Promise<void> {
    try {
      await this.sent;
    } finally {
      await this.saving;
    }
  }

  private async publish(events: readonly ProgrammeEvent[], next: RelayCheckpoint): Promise<void> {
    const { saving } = this;
    if (events.length > 0) await this.options.publisher.publish(events, this.ending);
    await saving;
    if (events.length > 0 && this.ending.aborted) return;
    this.saving = this.save(events.length, next);
    this.saving.catch(() => this.stop());
  }

  private async save(events: number, next: RelayCheckpoint): Promise<void> {
    // A page that lies wholly behind the checkpoint was read to fill what the blocks had lost.
    if (this.saved === undefined || before(this.saved, next.position)) {
      await this.options.blocks.saveCheckpoint(this.saved, next);
      this.saved = next.position;
    }
    this.options.onRelayed?.(events, next.position);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Where to read on, and how each programme stands there: as the checkpoint says. Where the blocks have less, they lost
 * a tail: the log is read again from the earliest of those ends. Where they have more, it was not published perhaps.
 */
async function resume(
  blocks: BlockStore,
  checkpoint: RelayCheckpoint | undefined,
): Promise<{ readonly from: string | undefined; readonly standings: Map<string, Standing> }> {
  const standings = new Map<string, Standing>();
  if (checkpoint === undefined) return { from: undefined, standings };
  const kept = new Map((await blocks.heads()).map((head) => [head.programme, head]));
  let from: string | undefined = checkpoint.position;
  for (const [programme, index] of Object.entries(checkpoint.indexes)) {
    const head = kept.get(programme);
    if (head === undefined) {
      from = undefined;
    } else if (head.index < index) {
      standings.set(programme, head);
      if (from !== undefined && before(head.position, from)) from = head.position;
    } else standings.set(programme, { index, position: checkpoint.position });
  }
  return { from, standings };
}

/** The events behind where their programmes stand, each with its index. */
function number(page: readonly LoggedEvent[], standings: Map<string, Standing>): readonly ProgrammeEvent[] {
  const numbered: ProgrammeEvent[] = [];
  for (const { event, position } of page) {
    const standing = standings.get(event.programme);
    if (standing !== undefined && !before(standing.position, position)) continue;
    const index = (standing?.index ?? -1) + 1;
    standings.set(event.programme, { index, position });
    numbered.push({ event, position, index });
  }
  return numbered;
}

function indexesOf(standings: ReadonlyMap<string, Standing>): RelayCheckpoint['indexes'] {
  return Object.fromEntries([...standings].map(([programme, { index }]) => [programme, index]));
}
