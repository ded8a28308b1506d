import type { CheckpointStore, EventFeed, FeedBatch } from '@jejak/core';
import { before, EVERYTHING } from '@jejak/core';
import type { SqliteLog } from './log';

export interface SqliteFeedOptions {
  readonly log: Pick<SqliteLog, 'follow'>;
  readonly checkpoints: CheckpointStore;
}

/**
 * The feed of one machine: read from the log itself. Of a group's members one at a time gets events; when it leaves,
 * the next goes on behind what was done.
 */
export class SqliteFeed implements EventFeed {
  private readonly closing = new AbortController();
  private readonly turns = new Map<string, Promise<void>>();

  constructor(private readonly options: SqliteFeedOptions) {}

  async *consume(group: string, signal: AbortSignal, seen?: string): AsyncGenerator<FeedBatch> {
    const ending = AbortSignal.any([signal, this.closing.signal]);
    const leave = await this.turn(group, ending);
    try {
      if (ending.aborted) return;
      yield { events: [], share: EVERYTHING, done: async () => undefined };
      const { log, checkpoints } = this.options;
      let saved = await checkpoints.load(group);
      const from = saved === undefined || (seen !== undefined && before(saved, seen)) ? seen : saved;
      for await (const events of log.follow(from, ending)) {
        const position = events.at(-1)?.position as string;
        const done = async (): Promise<void> => {
          if (saved !== undefined && !before(saved, position)) return;
          await checkpoints.save(group, position);
          saved = position;
        };
        yield { events, done };
      }
    } finally {
      leave();
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  /** Waits until the members before have left; gives what to call on leaving. */
  private async turn(group: string, ending: AbortSignal): Promise<() => void> {
    const others = this.turns.get(group);
    let leave = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const both = others === undefined ? mine : Promise.all([others, mine]).then(() => undefined);
    this.turns.set(group, both);
    if (others !== undefined) await Promise.race([others, aborted(ending)]);
    return leave;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
