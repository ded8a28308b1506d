import {
  type Envelope,
  type EventLog,
  type CopyableLog,
  canonical,
  type Json,
  type LoggedEvent,
} from '@jejak/core';
import { leafHash, MerkleTree } from '@jejak/ledger';
import { CopyRefused } from './refused';

/** How far two logs hold the same events of a programme. */
export interface Same {
  /** events that both hold, from the first on, in the same order and the same bytes */
  readonly count: number;
  /** the Merkle root over them, of the source and of the target each by its own bytes: equal */
  readonly root: string;
  /** the position of the last of them in each log; undefined where there is none */
  readonly source: string | undefined;
  readonly target: string | undefined;
  /** which of the two goes on behind them */
  readonly longer: 'source' | 'target' | undefined;
}

type Log = EventLog & CopyableLog;

/**
 * Reads a programme in both logs from the beginning, and holds each event's digest against the other's.
 *
 * @param see told each event of the source that both hold, with its index
 * @throws CopyRefused `target-differs` at the first event that is not the same
 */
export async function compare(
  programme: string,
  logs: { readonly source: Log; readonly target: Log },
  see: (event: Envelope, index: number) => void = () => undefined,
): Promise<Same> {
  const source = new Reading(logs.source, programme);
  const target = new Reading(logs.target, programme);
  try {
    for (let index = 0; ; index++) {
      const [mine, theirs] = [await source.next(), await target.next()];
      if (mine === undefined || theirs === undefined) {
        const longer = mine !== undefined ? 'source' : theirs !== undefined ? 'target' : undefined;
        const [root, other] = [source.tree.root(), target.tree.root()];
        if (root !== other) throw new CopyRefused('target-differs', { programme, index: index - 1 });
        return { count: index, root, source: source.last, target: target.last, longer };
      }
      if (!source.take(mine).equals(target.take(theirs)))
        throw new CopyRefused('target-differs', { programme, index });
      see(mine.event, index);
    }
  } finally {
    await source.end();
    await target.end();
  }
}

/** A programme's events one by one, as one log holds them, and the tree over those that were taken. */
class Reading {
  readonly tree = new MerkleTree();
  last: string | undefined;
  private readonly pages: AsyncIterator<readonly LoggedEvent[]>;
  private page: readonly LoggedEvent[] = [];
  private at = 0;

  constructor(log: Log, programme: string) {
    this.pages = log.eventsOf(programme)[Symbol.asyncIterator]();
  }

  async next(): Promise<LoggedEvent | undefined> {
    while (this.at === this.page.length) {
      const { done, value } = (await this.pages.next()) as IteratorResult<readonly LoggedEvent[], undefined>;
      if (done === true) return undefined;
      [this.page, this.at] = [value, 0];
    }
    return this.page[this.at++];
  }

  /** @returns the event's digest */
  take({ event, position }: LoggedEvent): Buffer {
    const digest = leafHash(canonical(event as unknown as Json));
    this.tree.addLeaf(digest);
    this.last = position;
    return digest;
  }

  async end(): Promise<void> {
    await this.pages.return?.();
  }
}
