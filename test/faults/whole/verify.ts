import { canonical, foldView, type Head, type Json, type ProgrammeEvent } from '@jejak/core';
import { views } from '@jejak/views';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Servers } from '../../../libs/runtime/src/distributed/servers';
import { type History, pureDigest, storedDigest } from '../kafka/cities';
import { eventsOf, wrongWith } from '../kafka/topic';
import type { Installation } from './installation';
import { type Given, type Load, withParameter } from './load';

/** Of the commands that were acknowledged, so many are given once more at the end. */
const REPEATED = 200;

/** The log as it is, read whole and without our relay; each event with its index, which follows from the order alone. */
async function historiesOf({ log }: Servers): Promise<ReadonlyMap<string, History>> {
  const histories = new Map<string, ProgrammeEvent[]>();
  for (const { event, position } of await log.readAll(undefined, Number.MAX_SAFE_INTEGER)) {
    const history = histories.get(event.programme) ?? [];
    histories.set(event.programme, history);
    history.push({ event, position, index: history.length });
  }
  return histories;
}

/**
 * Waits until the blocks and every view have what the log holds now.
 *
 * @returns milliseconds that it took, undefined where that was longer than the bound
 */
export async function caughtUp({ direct }: Installation, bound: number): Promise<number | undefined> {
  const began = performance.now();
  const histories = await persistently(() => historiesOf(direct));
  const heads = [...histories].map(([programme, { length }]): Pick<Head, 'programme' | 'index'> => ({
    programme,
    index: length - 1,
  }));
  while (performance.now() - began < bound) {
    const behind = await isBehind(direct, heads).catch(() => true);
    if (!behind) return performance.now() - began;
    await sleep(50);
  }
  return undefined;
}

/** As `caughtUp`, once every closing has its seal: those are events, too. */
export async function settled(installation: Installation, bound: number): Promise<number | undefined> {
  const began = performance.now();
  while (wrongSeals(await persistently(() => historiesOf(installation.direct))).length > 0) {
    if (performance.now() - began > bound) return undefined;
    await sleep(200);
  }
  return caughtUp(installation, bound);
}

/** Our own connections suffer when a server is killed, too. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(250);
    }
  }
}

async function isBehind(
  { store, blocks }: Servers,
  heads: readonly Pick<Head, 'programme' | 'index'>[],
): Promise<boolean> {
  for (const { programme, index } of heads)
    if (((await blocks.head(programme))?.index ?? -1) < index) return true;
  for (const { name, version } of views) {
    const generation = await store.current(name, version);
    if (generation === undefined) return true;
    const markers = await store.markers(generation);
    if (heads.some(({ programme, index }) => (markers.get(programme)?.index ?? -1) < index)) return true;
  }
  return false;
}

/** What is wrong with an installation whose load has stopped, and whose views have caught up. */
export async function wrongIn(installation: Installation, load: Load): Promise<readonly string[]> {
  const { direct, kafka } = installation;
  const histories = await persistently(() => historiesOf(direct));
  const published = await eventsOf(kafka.brokers, kafka.topic, direct.log.logId);
  return [
    ...wrongReceipts(histories, load.given),
    ...wrongSeals(histories),
    ...wrongWith(published, [...histories.values()].flat()).map((what) => `Kafka: ${what}`),
    ...(await wrongBlocks(direct, histories)),
    ...(await wrongViews(direct, histories)),
    ...(await wrongReads(load, histories)),
    ...(await wrongRepeats(load)),
  ];
}

interface Receipt {
  readonly events: readonly { readonly id: string; readonly type: string; readonly revision: number }[];
  readonly stream: string;
  readonly recordedAt: string;
}

/** Each acknowledged event is where its receipt says, once; and of reports and closings there are no others. */
function wrongReceipts(histories: ReadonlyMap<string, History>, given: readonly Given[]): readonly string[] {
  const wrong: string[] = [];
  const places = new Map<string, string[]>();
  let reported = 0;
  for (const { event } of [...histories.values()].flat()) {
    const { id, stream, revision, recordedAt, type } = event;
    places.set(id, [...(places.get(id) ?? []), `${stream} ${String(revision)} ${recordedAt} ${type}`]);
    if (['BudgetDisbursed', 'PhaseClosed', 'PhaseReopened'].includes(type)) reported++;
  }
  for (const { receipt } of given) {
    const { events, stream, recordedAt } = JSON.parse(receipt) as Receipt;
    for (const { id, type, revision } of events) {
      const found = places.get(id) ?? [];
      const expected = `${stream} ${String(revision)} ${recordedAt} ${type}`;
      if (found.length !== 1 || found[0] !== expected)
        wrong.push(`acknowledged was ${expected}, and the log holds ${found.join(' and ') || 'nothing'}`);
    }
  }
  if (reported !== given.length)
    wrong.push(`${String(given.length)} commands made ${String(reported)} events`);
  return wrong;
}

/** Each closing has one seal. */
function wrongSeals(histories: ReadonlyMap<string, History>): readonly string[] {
  return [...histories].flatMap(([programme, history]) => {
    const closings = history.filter(({ event }) => event.type === 'PhaseClosed').map(({ event }) => event.id);
    const seals = history
      .filter(({ event }) => event.type === 'PhaseSealed')
      .map(({ event }) => (event.data as { readonly closing: { readonly id: string } }).closing.id);
    return canonical([...closings].sort()) === canonical([...seals].sort())
      ? []
      : [`${programme} has ${String(closings.length)} closings and ${String(seals.length)} seals of them`];
  });
}

async function wrongBlocks(
  { blocks }: Servers,
  histories: ReadonlyMap<string, History>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [programme, history] of histories) {
    const kept: ProgrammeEvent[] = [];
    for await (const page of blocks.readProgramme(programme, 0)) kept.push(...page);
    if (canonical(kept as unknown as Json) !== canonical(history as unknown as Json))
      wrong.push(`the blocks of ${programme} are not what the log holds`);
  }
  return wrong;
}

async function wrongViews(
  { store }: Servers,
  histories: ReadonlyMap<string, History>,
): Promise<readonly string[]> {
  const stored = await storedDigest(store, histories);
  if (stored === pureDigest(histories)) return [];
  const wrong: string[] = [`the stored views are not a fresh fold of the log: ${stored}`];
  for (const view of views) {
    const generation = (await store.current(view.name, view.version)) ?? '';
    for (const [programme, history] of histories) {
      const fresh = [...foldView<unknown>(view, structuredClone(history))].map(([key, { index, value }]) => ({
        key,
        index,
        value,
      }));
      const kept = new Map((await store.list(generation, programme)).map((each) => [each.key, each]));
      for (const document of fresh) {
        const found = kept.get(document.key);
        if (canonical(document as Json) !== canonical((found ?? null) as unknown as Json))
          wrong.push(
            `${view.name} of ${programme}: ${document.key} at ${String(document.index)} is at ${String(found?.index)}`,
          );
      }
    }
  }
  return wrong;
}

/** What was answered, in the trouble and beside it, is a fold of the log at the index that the answer named. */
async function wrongReads(
  { reads, requests }: Load,
  histories: ReadonlyMap<string, History>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const indexes = new Map([...histories.values()].flat().map(({ event, index }) => [event.id, index]));
  for (const { path, index, body, after } of reads) {
    const then = await requests.answered('office', 'GET', withParameter(path, 'knownAt', String(index)));
    if (then.body !== body) wrong.push(`${path} at ${String(index)} was ${body}, and is ${then.body}`);
    const least = after === undefined ? -1 : (indexes.get(after) ?? Infinity);
    if (index < least) wrong.push(`${path} had not seen ${String(least)}, only ${String(index)}`);
  }
  return wrong;
}

async function wrongRepeats(load: Load): Promise<readonly string[]> {
  const { given } = load;
  const step = Math.max(1, Math.floor(given.length / REPEATED));
  for (let n = 0; n < given.length; n += step) await load.repeat(given[n] as Given);
  return load.violations;
}
