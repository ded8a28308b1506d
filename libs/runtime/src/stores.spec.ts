import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DataDirectoryLock, Sqlite, UnsafeDatabase } from '@jejak/adapters/sqlite';
import { configFor } from './config';
import { openJejak } from './jejak';
import { FILES, openFollowerStore, openReadersStore, openWritersStores } from './stores';

describe('what is opened of a data directory', () => {
  let parent: string;
  beforeEach(() => {
    parent = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-stores-'));
  });
  afterEach(() => fs.rmSync(parent, { recursive: true, force: true }));

  const named = (handle: number | string): string => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${String(handle)}`);
    } catch {
      return '';
    }
  };
  const openBelow = (directory: string): string[] =>
    fs
      .readdirSync('/proc/self/fd')
      .map(named)
      .filter((name) => name.startsWith(directory));

  // What an open handle is called can be asked of Linux only, in /proc; elsewhere these two are skipped.
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('is on the disk by its name, up to the directory that was there before', async () => {
    const directory = path.join(parent, 'a', 'b');
    const synced: string[] = [];
    const fsync = fs.fsyncSync.bind(fs);
    const spy = jest.spyOn(fs, 'fsyncSync').mockImplementation((handle) => {
      synced.push(named(handle));
      fsync(handle);
    });
    try {
      await (await openWritersStores(directory, Date.now)).close();
      expect(synced).toEqual([path.join(parent, 'a'), parent, directory]);
      synced.length = 0;
      await (await openWritersStores(directory, Date.now)).close();
      expect(synced).toEqual([directory]);
    } finally {
      spy.mockRestore();
    }
  });

  onLinux('is closed again, and the directory let go, where one of it cannot be opened', async () => {
    await (await openWritersStores(parent, Date.now)).close();
    const accounts = new Sqlite(path.join(parent, FILES.accounts));
    accounts.pragma('user_version = 99');
    accounts.close();
    await expect(openWritersStores(parent, Date.now)).rejects.toThrow(UnsafeDatabase);
    expect(openBelow(parent)).toEqual([]);
    DataDirectoryLock.acquire(parent).release();
  });

  it('is not taken from under who reads it by the one that writes the views beside him', async () => {
    const stores = await openWritersStores(parent, Date.now);
    const { log } = stores;
    const reader = await openReadersStore(parent);
    const first = openFollowerStore(parent, log);
    await first.store.swap('actions', await first.store.building('actions', 1));
    await first.store.close();
    // What was damaged is noted; the worker's thread starts again.
    fs.writeFileSync(path.join(parent, `${FILES.views}.broken`), 'database disk image is malformed');
    expect(() => openFollowerStore(parent, log)).toThrow(/built anew at the next start.*malformed/);
    expect(fs.statSync(path.join(parent, FILES.views)).nlink).toBe(1);
    expect(await reader.current('actions', 1)).toBe('1');
    await reader.close();
    await stores.close();
    const next = await openReadersStore(parent);
    expect(await next.current('actions', 1)).toBeUndefined();
    await next.close();
  });

  it('says why the stored views were thrown away, once', async () => {
    const told: string[] = [];
    const open = async (): Promise<void> => {
      const onDiscarded = (reason: string): void => void told.push(reason);
      await (await openJejak(configFor(parent), { worker: 'manual', onDiscarded })).close();
    };
    await open();
    expect(told).toEqual([]);
    fs.writeFileSync(path.join(parent, FILES.views), 'this is no database '.repeat(1_000));
    await open();
    expect(told).toEqual([expect.stringMatching(/not a database/)]);
    await open();
    expect(told).toHaveLength(1);
  });
});
