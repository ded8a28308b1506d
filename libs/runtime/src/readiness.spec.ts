import { MemoryViewStore } from '@jejak/core/testing';
import { views } from '@jejak/views';
import type { Jejak } from './jejak';
import { readiness } from './readiness';

async function stopped(
  store: MemoryViewStore,
  view: string,
  programme: string,
  error: string,
): Promise<void> {
  const version = views.find(({ name }) => name === view)?.version ?? 1;
  const generation = await store.building(view, version);
  const marker = { index: 6, position: '9', stopped: { index: 7, error } };
  await store.commit([{ generation, programme, documents: [], after: -1, marker }]);
  await store.swap(view, generation);
}

const of = (store: MemoryViewStore, logFailure?: string) =>
  readiness({
    workerStatus: async () => ({ state: 'ready' }),
    logTrouble: async () => logFailure,
    store,
  } as unknown as Jejak);

describe('whether an installation is ready', () => {
  it('names the views and the processes that have stopped, and stays ready: all else is answered', async () => {
    const store = new MemoryViewStore();
    expect(await of(store)).toEqual({
      status: 'ready',
      log: { writes: true },
      stores: { answers: true },
      worker: { state: 'ready' },
      stopped: [],
      stoppedProcesses: [],
    });
    await stopped(store, 'budget', 'malang.2023', 'poison');
    await stopped(store, 'process-seal-phase', 'kota.2024', 'seal-too-large: the seal of phase II');
    expect(await of(store)).toMatchObject({
      status: 'ready',
      stopped: [{ view: 'budget', programme: 'malang.2023', index: 7, error: 'poison' }],
      stoppedProcesses: [
        {
          process: 'seal-phase',
          programme: 'kota.2024',
          index: 7,
          error: 'seal-too-large: the seal of phase II',
        },
      ],
    });
  });

  it('asks for the keys of the identity provider, where there is one; who had them once stays ready', async () => {
    const having = (state: () => Promise<unknown>) =>
      readiness(
        {
          workerStatus: async () => ({ state: 'ready' }),
          logTrouble: async () => undefined,
          store: new MemoryViewStore(),
          identity: { providerState: state },
        } as unknown as Jejak,
        50,
      );
    const away = { keys: true, reason: 'ECONNREFUSED' };
    expect(await having(async () => away)).toMatchObject({ status: 'ready', identityProvider: away });
    const never = { keys: false, reason: 'ECONNREFUSED' };
    expect(await having(async () => never)).toMatchObject({ status: 'not-ready', identityProvider: never });
    expect(await having(() => new Promise(() => undefined))).toMatchObject({
      status: 'not-ready',
      identityProvider: { keys: false, reason: 'no answer within 50 ms' },
    });
    expect(await having(async () => undefined)).not.toHaveProperty('identityProvider');
  });

  it('passes over a view that is swapped while it looks', async () => {
    class Swapping extends MemoryViewStore {
      override async current(view: string, version: number): Promise<string | undefined> {
        const found = await super.current(view, version);
        if (view === 'actions' && found !== undefined)
          await this.swap(view, await this.building(view, version));
        return found;
      }
    }
    const store = new Swapping();
    const { version } = views.find(({ name }) => name === 'actions')!;
    await store.swap('actions', await store.building('actions', version));
    await stopped(store, 'budget', 'malang.2023', 'poison');
    expect(await of(store)).toMatchObject({ status: 'ready', stopped: [{ view: 'budget' }] });
  });

  it('is not, where the views cannot be read, and tells no password', async () => {
    class Away extends MemoryViewStore {
      override async current(): Promise<string | undefined> {
        throw new Error('mongodb://user:secret@db cannot be reached');
      }
    }
    expect(await of(new Away())).toMatchObject({
      status: 'not-ready',
      log: { writes: true },
      stores: { answers: false, reason: 'mongodb://[hidden]@db cannot be reached' },
    });
  });

  it('is not, where nobody answers in time', async () => {
    const never = new Promise<never>(() => undefined);
    const asked = { workerStatus: () => never, logTrouble: () => never, store: new MemoryViewStore() };
    expect(await readiness(asked, 5)).toMatchObject({
      status: 'not-ready',
      log: { writes: false, reason: 'no answer within 5 ms' },
      worker: { state: 'catching-up', trouble: 'no answer within 5 ms' },
    });
  });

  it('is not, where the log takes no writes', async () => {
    expect(await of(new MemoryViewStore(), 'disk full')).toMatchObject({
      status: 'not-ready',
      log: { writes: false, reason: 'disk full' },
    });
  });
});
