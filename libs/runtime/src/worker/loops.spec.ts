import { type AnyView, Refusal } from '@jejak/core';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import { FollowedCity, until } from '../../../../test/support/followed-city';
import type { Jejak } from '../jejak';
import { readiness } from '../readiness';
import { follow, type FollowerParts } from './loops';

const P = 'kota.2023';
const Q = 'lain.2023';

/** The view with a fold that cannot take an event of a type. */
const poisoned = (name: string, type: string): readonly AnyView[] =>
  views.map((view) =>
    view.name !== name
      ? view
      : {
          ...view,
          fold: (document: never, recorded, key) => {
            if (recorded.event.type === type) throw new Error(`cannot fold ${type}`);
            return view.fold(document, recorded, key) as unknown;
          },
        },
  );

describe('following the log', () => {
  let city: FollowedCity;
  let ending: AbortController;
  let following: Promise<void> | undefined;
  beforeEach(async () => {
    city = new FollowedCity();
    ending = new AbortController();
    await city.programme(P);
  });
  afterEach(async () => {
    ending.abort();
    await following;
  });

  const start = (more: Partial<FollowerParts> = {}): void => {
    following = follow(city.parts(more), ending.signal);
  };
  /** The index that a view has come to in a programme. */
  const at = async (view: string, programme = P) => (await city.markerOf(view, programme))?.index ?? -1;
  const head = async (programme = P) => (await city.log.head(programme))?.index;
  const ready = () =>
    readiness({
      workerStatus: async () => ({ state: 'ready' }),
      store: city.store,
      logTrouble: async () => undefined,
    } as unknown as Jejak);

  it('folds what there was and what comes, seals what is closed, and says when it has caught up', async () => {
    start();
    await until(() => city.ready === 1);
    expect(await at('programmes')).toBe(3);
    await city.closed(P);
    await until(async () => (await city.types(P)).at(-1) === 'PhaseSealed');
    for (const { name } of views) await until(async () => (await at(name)) === (await head()));
    await until(async () => (await at('process-seal-phase')) === (await head()));
    expect(city.moves.at(-1)?.marker.index).toBe(await head());
    expect([city.troubles, city.stopped, city.ready]).toEqual([[], [], 1]);
  });

  it('tries again what fails, later each time, and then goes on', async () => {
    let failing = true;
    city.store.onCommit = async (writes, commit) => {
      if (failing) throw new Error('EIO');
      await commit(writes);
    };
    start({ processes: [] });
    await until(() => city.troubles.filter(({ loop }) => loop === 'views').length === 3);
    failing = false;
    const times = city.troubles.filter(({ loop }) => loop === 'views').map(({ at: time }) => time);
    expect(times[1]! - times[0]!).toBeGreaterThan(190);
    expect(times[2]! - times[1]!).toBeGreaterThan(390);
    expect(city.troubles[0]).toMatchObject({ loop: 'views', message: 'EIO' });
    await until(() => city.ready === 1);
    await until(async () => (await at('programmes')) === 3);
    expect(city.stopped).toEqual([]);
  });

  it('holds no view back for a command that cannot be given now, and seals when it can', async () => {
    let failing = true;
    start({
      submit: (each) => (failing ? Promise.reject(new Error('EIO')) : city.commands.run(each)),
    });
    await until(() => city.ready === 1);
    await city.closed(P);
    await city.programme(Q);
    for (const programme of [P, Q])
      await until(async () => (await at('programmes', programme)) === (await head(programme)));
    await until(() => city.troubles.length > 1);
    expect(city.troubles.every(({ loop }) => loop === 'processes')).toBe(true);
    expect(city.stopped).toEqual([]);
    failing = false;
    await until(async () => (await city.types(P)).at(-1) === 'PhaseSealed');
    expect((await city.types(P)).filter((type) => type === 'PhaseSealed')).toHaveLength(1);
    expect((await ready()).stoppedProcesses).toEqual([]);
  });

  it('tells of a view that stops, for its programme alone, and so does readiness', async () => {
    start({ views: poisoned('phase-snapshot', 'PhaseOpened') });
    await until(() => city.ready === 1);
    await city.programme(Q);
    await city.closed(P);
    await until(() => city.stopped.length > 0);
    const stopped = { programme: P, index: 5, error: 'cannot fold PhaseOpened' };
    expect(city.stopped).toEqual([{ what: 'view', name: 'phase-snapshot', ...stopped }]);
    await until(async () => (await at('programmes')) === (await head()));
    await until(async () => (await at('phase-snapshot', Q)) === (await head(Q)));
    expect(await ready()).toMatchObject({
      status: 'ready',
      stopped: [{ view: 'phase-snapshot', ...stopped }],
      stoppedProcesses: [],
    });
    expect(city.troubles).toEqual([]);
  });

  it('tells of a process that stops, and a start after a mend goes on with it', async () => {
    const refusal = new Refusal('too-large', { en: 'The seal takes {n} bytes.', id: 'x' }, { n: 300_000 });
    start({ submit: () => Promise.reject(refusal) });
    await city.closed(P);
    await until(() => city.stopped.length > 0);
    const stopped = { programme: P, index: 6, error: 'too-large: The seal takes 300000 bytes.' };
    expect(city.stopped).toEqual([{ what: 'process', name: 'seal-phase', ...stopped }]);
    expect((await ready()).stoppedProcesses).toEqual([{ process: 'seal-phase', ...stopped }]);
    ending.abort();
    await following;
    ending = new AbortController();
    start();
    await until(async () => (await city.types(P)).at(-1) === 'PhaseSealed');
    expect((await ready()).stoppedProcesses).toEqual([]);
    expect(processes).toHaveLength(1);
  });

  it('ends when it is told to, wherever it is, and calls that no trouble', async () => {
    start({
      submit: () =>
        new Promise((_, reject) =>
          ending.signal.addEventListener('abort', () => reject(new Error('closed'))),
        ),
    });
    await city.closed(P);
    await until(() => city.ready === 1);
    const began = performance.now();
    ending.abort();
    await following;
    expect(performance.now() - began).toBeLessThan(1_000);
    expect([city.troubles, city.stopped]).toEqual([[], []]);
  });
});
