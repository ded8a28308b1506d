import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import { MongoBlocks, MongoConnection, MongoCredentials, MongoEvidence } from '@jejak/adapters/mongo';
import { BlockStoreMoved, canonical, type Json, type LoggedEvent, runRelay } from '@jejak/core';
import { collect, MemoryPublisher } from '@jejak/core/testing';
import { streamName } from '@jejak/runtime';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSide, type Side } from '../../libs/runtime/src/copy-log/side';
import { StandIn } from './eventstoredb/stand-in';
import { DISKOMINFO, ImportCity, OFFICE, PROGRAMME } from './import-city';
import { freshDatabase, withDatabase } from './mongo';

const ACTION = {
  ...{ title: 'Aksi', kind: 'action', dimension: 'economy', weight: '1', lead: 'diskominfo', supporting: [] },
  ...{ targets: { unit: 'x', quarters: [{ quarter: '2023-Q4', target: '4' }] }, effectiveOn: '2023-01-01' },
};

/** A command that was carried out in a city, to be given again elsewhere. */
export interface Given {
  readonly type: string;
  readonly stream: string;
  readonly body: Json;
  readonly key: string;
  readonly actor: { readonly subject: string; readonly role: string; readonly agency?: string };
  readonly correlationId: string;
}

/** What was reported in the city of `movingCity`. */
export const REPORT: Given = {
  type: 'ReportProgress',
  stream: streamName('action', PROGRAMME, 'A-0'),
  body: { occurredOn: '2023-09-30', quarter: '2023-Q3', realisation: '3' },
  key: 'my report',
  actor: { subject: 'p-diskominfo', role: 'officer', agency: 'diskominfo' },
  correlationId: 'my report',
};

/**
 * A city with actions, a report, evidence and a phase that was closed and sealed.
 *
 * @param actions how many
 */
export async function movingCity(actions = 5): Promise<ImportCity> {
  const made = await ImportCity.open();
  for (let n = 0; n < actions; n++) {
    const code = `A-${String(n)}`;
    const stream = streamName('action', PROGRAMME, code);
    await made.as(OFFICE, 'PlanAction', stream, { code, ...ACTION });
    const report = { occurredOn: '2023-03-31', quarter: '2023-Q1', realisation: '2' };
    const of = await made.as(DISKOMINFO, 'ReportProgress', stream, report);
    if (n > 0) continue;
    await made.attach(code, of, 'bukti');
  }
  await made.sealFirstPhase();
  await made.jejak.commands.run(REPORT);
  return made;
}

/** An installation that programmes are moved out of or into. */
export interface Place {
  open(use: 'read' | 'shut' | 'write'): Promise<Side>;
  /** has its relay carry what the log holds, so that programmes can be read by index; nothing to do in a directory */
  relayed(): Promise<void>;
  remove(): Promise<void>;
}

export class DirectoryPlace implements Place {
  constructor(
    readonly directory = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-place-')), 'data'),
  ) {}

  open(use: 'read' | 'shut' | 'write'): Promise<Side> {
    return openSide({ kind: 'directory', directory: this.directory }, use);
  }

  async relayed(): Promise<void> {
    return;
  }

  async remove(): Promise<void> {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** EventStoreDB's stand-in, and a database of its own at the MongoDB-compatible server. */
export class ServersPlace implements Place {
  private constructor(
    readonly standIn: StandIn,
    readonly mongoUrl: string,
  ) {}

  static async start(mongo: string): Promise<ServersPlace> {
    return new ServersPlace(await StandIn.start(), freshDatabase(mongo));
  }

  /** As the program opens it, but for what is shorter here: how long an open gate is remembered, and answers waited for. */
  async open(
    memory: number | string = 100,
  ): Promise<Side & { readonly log: EventStoreLog; readonly blocks: MongoBlocks }> {
    const mongo = await MongoConnection.open({ url: this.mongoUrl });
    const blocks = MongoBlocks.open(mongo);
    const log = await EventStoreLog.open({
      ...{ connectionString: this.standIn.address, clock: Date.now, reader: blocks },
      ...{ patience: 400, gateMemory: typeof memory === 'number' ? memory : 100 },
    });
    return {
      ...{ log, blocks },
      credentials: await MongoCredentials.open(mongo),
      evidence: await MongoEvidence.open(mongo),
      close: async () => {
        await log.close();
        await mongo.close();
      },
    };
  }

  async relayed(): Promise<void> {
    const { log, blocks, close } = await this.open();
    const ending = new AbortController();
    const relaying = runRelay({ log, blocks, publisher: new MemoryPublisher() }, ending.signal);
    try {
      const end = async (): Promise<string | undefined> =>
        (await log.readAll(await relayedTo(), 1))[0]?.position;
      const relayedTo = async (): Promise<string | undefined> => (await blocks.checkpoint())?.position;
      while ((await end()) !== undefined) await sleep(5);
    } finally {
      ending.abort();
      await relaying.catch((error: unknown) => {
        if (!(error instanceof BlockStoreMoved)) throw error;
      });
      await close();
    }
  }

  async remove(): Promise<void> {
    await this.standIn.stop();
    await withDatabase(this.mongoUrl, (db) => db.dropDatabase());
  }
}

/** A programme's events in a place, byte for byte. */
export async function bytesIn(place: Place, programme = PROGRAMME): Promise<readonly string[]> {
  const side = await place.open('read');
  try {
    const events: readonly LoggedEvent[] = await collect(side.log.eventsOf(programme));
    return events.map(({ event }) => canonical(event as unknown as Json));
  } finally {
    await side.close();
  }
}
