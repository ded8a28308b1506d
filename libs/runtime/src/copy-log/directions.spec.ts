import {
  canonical,
  CommandRunner,
  INSTALLATION,
  type Json,
  type ProgrammeEvent,
  streamName,
  ViewRunner,
} from '@jejak/core';
import { collect, MemoryViewStore } from '@jejak/core/testing';
import { catalogue, deciders, type PhaseEvent } from '@jejak/domain';
import { MerkleTree } from '@jejak/ledger';
import { sealAt } from '@jejak/processes';
import { MemoryDocuments, queries, views } from '@jejak/views';
import { type ImportCity, PROGRAMME } from '../../../../test/support/import-city';
import {
  bytesIn,
  DirectoryPlace,
  movingCity,
  type Place,
  REPORT,
  ServersPlace,
} from '../../../../test/support/moving';
import { StandIn } from '../../../../test/support/eventstoredb/stand-in';
import { describeWith } from '../../../../test/support/servers';
import { reading } from '../beside';
import { Guard } from '../guard';
import { copyBetween, type Copied, copyLog } from './copy-log';
import type { Side } from './side';

const clock = (): number => Date.parse('2023-12-21T05:00:00.000Z');

/** What is reported after the move. */
const NEXT = {
  ...{ ...REPORT, key: 'next', stream: streamName('action', PROGRAMME, 'A-1') },
  body: { occurredOn: '2023-10-01', quarter: '2023-Q4', realisation: '4' },
};

/** Copies between two places, as one run of the program does. */
async function copied(from: Place, to: Place, finish: boolean, programme = PROGRAMME): Promise<Copied> {
  const source = await from.open(finish ? 'shut' : 'read');
  try {
    const target = await to.open('write');
    try {
      return await copyBetween(source, target, { programme, finish });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Does something with what a place holds. */
async function at<T>(place: Place, work: (side: Side, commands: CommandRunner) => Promise<T>): Promise<T> {
  const side = await place.open('write');
  try {
    return await work(side, new CommandRunner({ log: side.log, deciders, catalogue, clock }));
  } finally {
    await side.close();
  }
}

/** All that is read of the programme in a place: its events by index, its seals anew, its views, a snapshot. */
async function readIn(place: Place) {
  await place.relayed();
  return at(place, async (side, commands) => {
    const { log, credentials } = side;
    const events: readonly ProgrammeEvent[] = await collect(log.readProgramme(PROGRAMME, 0));
    const tree = new MerkleTree();
    for (const { event } of events) tree.add(event);
    const store = new MemoryViewStore();
    const runner = new ViewRunner({ log, store, views, catalogue });
    await runner.start();
    const stored: Record<string, readonly unknown[]> = {};
    const fresh = new MemoryDocuments(views);
    fresh.fold(events.map((each) => ({ ...each, event: catalogue.upcast(each.event) })));
    for (const { name, version } of views) {
      const generation = (await store.current(name, version)) ?? '';
      stored[name] = await store.list(generation, PROGRAMME);
      expect(canonical(stored[name] as Json)).toBe(canonical(fresh.list(name) as unknown as Json));
    }
    const seals = [];
    for (const { event } of events) {
      const phase = event as PhaseEvent;
      if (phase.type !== 'PhaseSealed') continue;
      const closing = events.find((each) => each.event.id === phase.data.closing.id);
      expect(canonical(await sealAt(closing as never, { log, catalogue }))).toBe(canonical(phase.data));
      seals.push(phase.data);
    }
    const guard = new Guard({ commands, deciders, credentials, clock });
    const { answer } = reading({ log, credentials, guard, clock });
    const snapshot = await answer(queries.snapshot, PROGRAMME, { cutOff: '2023-09-30' });
    return {
      ...{ indexes: events.map(({ index }) => index), root: tree.root(), stored, seals, snapshot },
      names: await credentials.names(['p-office', 'p-diskominfo']),
    };
  });
}

describeWith('mongodb', 'a programme', (mongo) => {
  const places: Place[] = [];
  const made = async (kind: 'directory' | 'servers'): Promise<Place> => {
    const place = kind === 'directory' ? new DirectoryPlace() : await ServersPlace.start(mongo());
    places.push(place);
    return place;
  };
  let city: ImportCity;
  let origin: DirectoryPlace;
  beforeEach(async () => {
    city = await movingCity();
    origin = new DirectoryPlace(city.directory);
  });
  afterEach(async () => {
    await city.jejak.close();
    await origin.remove();
    for (const place of places.splice(0)) await place.remove();
  });

  it.each([
    ['directory', 'directory'],
    ['directory', 'servers'],
    ['servers', 'directory'],
    ['servers', 'servers'],
  ] as const)('moves from %s to %s with all that follows from its events', async (from, to) => {
    const [first, second] = [await made(from), await made(to)];
    // The way into the first is a copy beside a city that is open, then the rest.
    const before = await copied(origin, first, false);
    expect(before).toMatchObject({ ready: false, events: before.copied, people: [] });
    expect(before.events).toBeGreaterThan(15);
    const report = { ...REPORT, key: 'another', stream: streamName('action', PROGRAMME, 'A-1') };
    const receipt = await city.jejak.commands.run(report);
    await city.jejak.close();
    const moved = await copied(origin, first, true);
    expect(moved).toMatchObject({ ready: true, before: false, copied: 1, events: before.events + 1 });
    const expected = await bytesIn(origin);
    expect(moved.events).toBe(expected.length);
    const again = await copied(origin, first, true);
    expect(again).toMatchObject({
      ready: true,
      before: true,
      copied: 0,
      events: moved.events,
      root: moved.root,
    });

    // And from the first to the second.
    const on = await copied(first, second, true);
    expect(on).toMatchObject({ ready: true, copied: moved.events, events: moved.events, root: moved.root });
    expect(on.evidence).toMatchObject({ copied: 1, missing: [], damaged: [] });
    expect(await bytesIn(second)).toEqual(expected);

    const [a, b, c] = [await readIn(origin), await readIn(first), await readIn(second)];
    expect(a.root).toBe(moved.root);
    expect(a.seals).toHaveLength(1);
    expect(b).toEqual(a);
    expect(c).toEqual(a);

    await at(second, async ({ log, credentials, evidence }, commands) => {
      // The same command under the same key is answered as it was, but for the token.
      const { token, ...answer } = await commands.run(report);
      expect({ ...answer, token: receipt.token }).toEqual(receipt);
      expect(token.startsWith(log.logId)).toBe(true);
      const [digest = ''] = [...(await evidenceIn(second))];
      expect(await evidence.about(PROGRAMME, digest)).toMatchObject({ name: 'bukti.txt', bytes: 5 });
      expect(Buffer.concat(await bytesOf(await evidence.read(PROGRAMME, digest))).toString()).toBe('bukti');
      expect(await credentials.byLogin('diskominfo')).toMatchObject({
        ...{ subject: 'p-diskominfo', name: 'Name of p-diskominfo' },
      });
      const account = await commands.read(streamName('account', INSTALLATION, 'p-diskominfo'));
      expect(account.state).toMatchObject({ status: 'open', kind: 'person' });
      // It goes on there.
      expect((await commands.run(NEXT)).revision).toBe(receipt.revision + 1);
    });
    // And nowhere else, where what was recorded is answered as before.
    for (const place of [origin, first]) {
      await at(place, async (_side, commands) => {
        expect((await commands.run(report)).events).toEqual(receipt.events);
        await expect(commands.run(NEXT)).rejects.toMatchObject({ code: 'programme-moved' });
      });
    }
  });

  it('comes back the way it went, with what was recorded meanwhile', async () => {
    await city.jejak.close();
    const away = await made('servers');
    await copied(origin, away, true);
    await at(away, (_side, commands) => commands.run(NEXT));
    // What was copied before is told again, though the target has gone on.
    expect(await copied(origin, away, true)).toMatchObject({ ready: true, before: true });
    const back = await copied(away, origin, true);
    expect(back).toMatchObject({ ready: true, copied: 1 });
    expect(await bytesIn(origin)).toEqual(await bytesIn(away));
    const last = { ...NEXT, stream: streamName('action', PROGRAMME, 'A-2') };
    await at(away, (_side, commands) =>
      expect(commands.run(last)).rejects.toMatchObject({ code: 'programme-moved' }),
    );
    await at(origin, (_side, commands) => commands.run(last));
    expect(await copied(origin, away, true)).toMatchObject({ ready: true, copied: 1 });
  });

  it('does not move while a writer that does not see its gate goes on, and moves once that has stopped', async () => {
    await city.jejak.close();
    const [first, second] = [await ServersPlace.start(mongo()), await made('directory')];
    places.push(first);
    await copied(origin, first, true);
    const blind = await first.open(60_000);
    const commands = new CommandRunner({ log: blind.log, deciders, catalogue, clock });
    const stop = new AbortController();
    let n = 0;
    const give = (): Promise<unknown> => {
      const body = { agency: `x${String(n++)}`, name: 'X', effectiveOn: '2023-07-01' };
      const actor = { subject: 'p-office', role: 'office' };
      const stream = streamName('programme', PROGRAMME);
      const key = String(n);
      return commands.run({ type: 'EnrolAgency', stream, body, key, actor, correlationId: key });
    };
    await give();
    const writing = (async () => {
      while (!stop.signal.aborted) await give();
    })();
    await expect(copied(first, second, true)).rejects.toMatchObject({ code: 'source-moved' });
    stop.abort();
    await writing;
    await blind.close();
    expect(await copied(first, second, true)).toMatchObject({ ready: true });
    expect(await bytesIn(second)).toEqual(await bytesIn(first));
  });

  it('does not move to a server that is too old', async () => {
    const old = await StandIn.start({ version: '22.10.5' });
    try {
      const to = { kind: 'servers', eventStoreUrl: old.address, mongoUrl: mongo() } as const;
      const from = { kind: 'directory', directory: city.directory } as const;
      const refused = copyLog({ programme: PROGRAMME, from, to, finish: false });
      await expect(refused).rejects.toMatchObject({ code: 'server-too-old' });
    } finally {
      await old.stop();
    }
  });

  async function evidenceIn(place: Place): Promise<Set<string>> {
    return new Set(
      (await bytesIn(place)).flatMap((text) => /"digest":"([0-9a-f]{64})"/.exec(text)?.[1] ?? []),
    );
  }
});

async function bytesOf(content: AsyncIterable<Uint8Array> | undefined): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of content ?? []) all.push(chunk);
  return all;
}
