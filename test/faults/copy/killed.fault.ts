import {
  canonical,
  type Envelope,
  type EventMeta,
  type Json,
  type LoggedEvent,
  streamName,
} from '@jejak/core';
import { collect } from '@jejak/core/testing';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StandIn } from '../../support/eventstoredb/stand-in';
import { content } from '../../support/import-city';
import type { Fault, FaultOutcome } from '../registry';
import { move, openWhere, type Where } from './copier';
import { CopierProcess } from './run-copier';

const PROGRAMME = 'kota.2023';
const FILES = 12;
/** A target is used again after a kill, so that some copies are gone on with several times. */
const KILLS_PER_COPY = 4;

/** Logs on their own machine, or in a stand-in for EventStoreDB. */
type Kind = 'directory' | 'servers';

/** Source and target of one copy. */
class Round {
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-copy-'));
  private readonly standIns: StandIn[] = [];
  readonly from: Where;
  readonly to: Where;
  private texts: readonly string[] = [];

  private constructor(from: Where, to: Where) {
    const inside = (where: Where): Where => ({
      ...where,
      directory: path.join(this.directory, where.directory),
    });
    this.from = inside(from);
    this.to = inside(to);
  }

  static async make([from, to]: readonly [Kind, Kind], events: number): Promise<Round> {
    const standIns: StandIn[] = [];
    const where = async (kind: Kind, directory: string): Promise<Where> => {
      if (kind === 'directory') return { directory };
      const standIn = await StandIn.start({ dirty: true });
      standIns.push(standIn);
      return { directory, eventStoreUrl: standIn.address };
    };
    const round = new Round(await where(from, 'from'), await where(to, 'to'));
    round.standIns.push(...standIns);
    await round.fill(events);
    return round;
  }

  /** What does not hold now. */
  async wrong(isDone: boolean): Promise<readonly string[]> {
    const [source, target] = [await openWhere(this.from, 'read'), await openWhere(this.to, 'write')];
    try {
      const there: readonly LoggedEvent[] = await collect(target.log.eventsOf(PROGRAMME));
      const [here, gone] = [await source.log.gate(PROGRAMME), await target.log.gate(PROGRAMME)];
      const violations: string[] = [];
      const differs = there.findIndex(
        ({ event }, n) => canonical(event as unknown as Json) !== this.texts[n],
      );
      if (differs !== -1) violations.push(`event ${String(differs)} is not the source's`);
      if (here === undefined && gone === undefined && there.length > 0)
        violations.push('both logs would record in the programme');
      if (!isDone) return violations;
      if (there.length !== this.texts.length)
        violations.push(`${String(there.length)} of ${String(this.texts.length)} events were copied`);
      if (here?.state !== 'moved' || gone !== undefined)
        violations.push('it does not go on in the target alone');
      for (const digest of this.digests()) {
        if ((await target.evidence.about(PROGRAMME, digest)) === undefined)
          violations.push(`${digest} is missing`);
      }
      return violations;
    } finally {
      await target.close();
      await source.close();
    }
  }

  async remove(): Promise<void> {
    for (const standIn of this.standIns) await standIn.stop();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private digests(): readonly string[] {
    return this.texts.flatMap((text) => /"digest":"([0-9a-f]{64})"/.exec(text)?.[1] ?? []);
  }

  private async fill(count: number): Promise<void> {
    const { log, evidence, close } = await openWhere(this.from, 'write');
    const ends = new Map<string, number>();
    const events: Envelope[] = [];
    for (let n = 0; n < count; n++) {
      const stream = streamName('action', PROGRAMME, `a-${String(Math.floor(Math.random() * 20))}`);
      const revision = (ends.get(stream) ?? -1) + 1;
      ends.set(stream, revision);
      const isFile = n % Math.ceil(count / FILES) === 0;
      const digest = isFile
        ? (await evidence.put(PROGRAMME, content(randomUUID()), ABOUT)).digest
        : undefined;
      events.push(eventOf(stream, revision, n, digest));
    }
    await log.appendAsWere(events);
    this.texts = events.map((event) => canonical(event as unknown as Json));
    await close();
  }
}

const ABOUT = { mediaType: 'text/plain', limit: 1_000 };

function eventOf(stream: string, revision: number, n: number, digest: string | undefined): Envelope {
  const id = randomUUID();
  const ids = { commandId: id, commandDigest: '0'.repeat(64), correlationId: id, causationId: id };
  const meta: EventMeta = { actor: { subject: 'u-1', role: 'officer', agency: 'dinas' }, ...ids };
  return {
    ...{ id, version: 1, stream, revision, programme: PROGRAMME, meta },
    recordedAt: new Date(Date.parse('2023-03-01T00:00:00.000Z') + n * 1_000).toISOString(),
    type: digest === undefined ? 'ProgressReported' : 'EvidenceAttached',
    data: digest === undefined ? { n } : { n, digest },
  };
}

/** Kills moves between logs of these kinds at random moments, and goes on with them. */
function killed(kinds: readonly [Kind, Kind], events: number, pairs: boolean): Fault['run'] {
  return async (count): Promise<FaultOutcome> => {
    const violations: string[] = [];
    let done = 0;
    // About as long as a whole move takes: kills come at any moment of it, and few after its end.
    let longest = 1_000;
    while (done < count) {
      const round = await Round.make(kinds, events);
      const given = { programme: PROGRAMME, from: round.from, to: round.to };
      try {
        let kills = 0;
        while (kills < KILLS_PER_COPY && done < count) {
          const copiers = [new CopierProcess(given), ...(pairs ? [new CopierProcess(given)] : [])];
          const [victim] = copiers as [CopierProcess];
          await victim.begins;
          await sleep(Math.random() * longest);
          const wasKilled = await victim.kill();
          for (const other of copiers.slice(1)) {
            const said = await other.end();
            // A directory is one copy's at a time.
            if (!said.startsWith('done true') && !said.includes('data-directory-locked'))
              violations.push(`a copy beside one that was killed: ${said}`);
          }
          if (wasKilled) [kills, done] = [kills + 1, done + 1];
          longest *= wasKilled ? 1.1 : 0.8;
          violations.push(...(await round.wrong(false)).map((what) => `killed: ${what}`));
          if (!wasKilled || pairs) break;
        }
        const expected = `done true ${String(events)}`;
        const said = await move(given);
        if (said !== expected) violations.push(`the last run said: ${said}`);
        violations.push(...(await round.wrong(true)).map((what) => `at the end: ${what}`));
        const again = await move(given);
        if (again !== expected) violations.push(`a repeat said: ${again}`);
      } finally {
        await round.remove();
      }
    }
    return { count: done, violations };
  };
}

const what = 'is gone on with: every event once, in order, open in one log at most';

export const faults: readonly Fault[] = [
  {
    name: `a move between directories that is killed at random ${what}`,
    counts: { full: 100, share: 2 },
    run: killed(['directory', 'directory'], 6_000, false),
  },
  {
    name: `a move into EventStoreDB that is killed at random ${what}`,
    counts: { full: 100, share: 1 },
    run: killed(['directory', 'servers'], 300, false),
  },
  {
    name: `a move out of EventStoreDB that is killed at random ${what}`,
    counts: { full: 100, share: 1 },
    run: killed(['servers', 'directory'], 300, false),
  },
  {
    name: `of two moves at once between EventStoreDBs, one killed at random, the other ${what}`,
    counts: { full: 100, share: 1 },
    run: killed(['servers', 'servers'], 200, true),
  },
];
