import { BACKWARDS, END } from '@eventstore/db-client';
import { canonical, type Gate, ProgrammeClosed } from '@jejak/core';
import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection';
import { ofNoProgramme } from './envelopes';
import { AtAnotherRevision } from './errors';
import { Deadline, untilAnswered } from './retry';

/** Programmes whose gate was seen open. */
const REMEMBERED = 10_000;

/** The stream of a programme's gate. Its name is none of a programme's streams: nobody counts or copies it. */
const streamOf = (programme: string): string => `jejak-gate-${programme}`;

interface Seen {
  readonly gate: Gate | undefined;
  /** -1 for a stream without events */
  readonly revision: number;
  /** when it was shut first, in milliseconds since 1970 */
  readonly since: number;
}

/**
 * The gates of programmes: the last event of a stream of its own says how each stands. Every process that appends looks
 * there, and remembers for a while that a gate was open. Who shuts one waits until nobody remembers it any more.
 */
export class Gates {
  private readonly open: LRUCache<string, true>;
  private readonly looking = new Map<string, Promise<Gate | undefined>>();

  /**
   * @param patience milliseconds in which a call is answered
   * @param memory milliseconds for which a process takes an open gate to be open
   */
  constructor(
    private readonly connection: Connection,
    private readonly patience: number,
    private readonly memory: number,
  ) {
    this.open = new LRUCache({ max: REMEMBERED, ttl: memory });
  }

  /** @throws ProgrammeClosed; LogUnavailable where it cannot be seen in time */
  async pass(programme: string, deadline: Deadline): Promise<void> {
    if (this.open.has(programme)) return;
    const gate = await (this.looking.get(programme) ?? this.lookOnce(programme, deadline));
    if (gate !== undefined) throw new ProgrammeClosed(programme, gate);
  }

  async of(programme: string): Promise<Gate | undefined> {
    return (await this.look(programme)).gate;
  }

  /** As CopyableLog.setGate. */
  async set(programme: string, gate: Gate | undefined): Promise<void> {
    const since = await this.write(programme, gate);
    this.open.delete(programme);
    if (gate === undefined) return;
    // What a process sent while it took the gate to be open is answered by then, or never will be.
    const longest = this.memory + this.patience;
    await sleep(Math.min(Math.max(since + longest - Date.now(), 0), longest));
  }

  /** One look for all who want to pass meanwhile. */
  private lookOnce(programme: string, deadline: Deadline): Promise<Gate | undefined> {
    const began = performance.now();
    const looking = this.look(programme, deadline).then(({ gate }) => {
      const ttl = this.memory - (performance.now() - began);
      if (gate === undefined && ttl >= 1) this.open.set(programme, true, { ttl });
      return gate;
    });
    this.looking.set(programme, looking);
    const done = (): void => void this.looking.delete(programme);
    looking.then(done, done);
    return looking;
  }

  /** @returns when the gate was shut first, where it is shut */
  private async write(programme: string, gate: Gate | undefined): Promise<number> {
    for (;;) {
      const seen = await this.look(programme);
      if (same(seen.gate, gate)) return seen.since;
      const since = seen.gate === undefined ? Date.now() : seen.since;
      const event = ofNoProgramme(gate === undefined ? 'GateOpened' : 'GateShut', { ...gate, since });
      try {
        await untilAnswered(new Deadline(this.patience), (left) =>
          this.connection.batch.append(streamOf(programme), seen.revision, [event], left),
        );
        return since;
      } catch (error) {
        if (!(error instanceof AtAnotherRevision)) throw error;
      }
    }
  }

  private async look(programme: string, deadline = new Deadline(this.patience)): Promise<Seen> {
    const last = { direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
    const [found] = await untilAnswered(deadline, (left) =>
      this.connection.read(streamOf(programme), last, left),
    );
    if (found === undefined) return { gate: undefined, revision: -1, since: 0 };
    const { since, ...gate } = found.data as unknown as Gate & { readonly since: number };
    const isShut = found.type === 'GateShut';
    return { gate: isShut ? gate : undefined, revision: Number(found.revision), since };
  }
}

function same(a: Gate | undefined, b: Gate | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonical(a) === canonical(b);
}
