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

/**
 * Carries the log to those who follow: counts each programme's index, writes the blocks, publishes, and saves its
 * checkpoint, in this order. Killed anywhere, or run twice at once, it writes the same blocks again and publishes
 * again, which consumers drop by index; it leaves nothing out.
 *
 * Ends when the signal aborts.
 *
 * @throws what its ports throw, BlockStoreMoved among it: run it again, and it goes on from what the store holds
 */
export async function runRelay(options: RelayOptions, signal: AbortSignal): Promise<void> {
  const { log, blocks, publisher, onRelayed } = options;
  const checkpoint = await blocks.checkpoint();
  const { from, standings } = await resume(blocks, checkpoint);
  let saved = checkpoint?.position;
  for await (const page of log.follow(from, signal)) {
    const last = page.at(-1);
    if (last === undefined) continue;
    const events = number(page, standings);
    if (events.length > 0) {
      await blocks.write(events);
      await publisher.publish(events, signal);
      if (signal.aborted) return;
    }
    // A page that lies wholly behind the checkpoint was read to fill what the blocks had lost.
    if (saved === undefined || before(saved, last.position)) {
      const next = { position: last.position, indexes: indexesOf(standings) };
      await blocks.saveCheckpoint(saved, next);
      saved = last.position;
    }
    onRelayed?.(events.length, last.position);
  }
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
