import { type MakeViewStore, viewStoreContract } from '@jejak/core/testing';
import { type DocumentWrite, GenerationGone, type Json } from '@jejak/core';
import { Sqlite } from './binding';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NotAViewStore, ViewStoreBroken } from './view-file';
import { SqliteViewStore } from './view-store';

const P = 'malang.2023';

let directory: string;
let file: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-views-'));
  file = path.join(directory, 'views.db');
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

const neverDiscarded = (reason: string): never => {
  throw new Error(`thrown away: ${reason}`);
};

const makeStore: MakeViewStore = async () => {
  const fixture = {
    store: SqliteViewStore.open({ file }),
    reopen: async () => {
      await fixture.store.close();
      fixture.store = SqliteViewStore.open({ file, onDiscarded: neverDiscarded });
    },
    close: () => fixture.store.close(),
  };
  return fixture;
};
viewStoreContract('SQLite', makeStore, {
  'of two versions that are folded at once, neither disturbs the other':
    'on one machine one release runs at a time, and has room for one version',
});

describe('the file of views', () => {
  /** A store with one document, closed. */
  const filled = async (): Promise<void> => {
    const store = SqliteViewStore.open({ file });
    const generation = await store.building('actions', 1);
    const documents = Array.from({ length: 500 }, (_, n): DocumentWrite => {
      return { key: `k${String(n)}`, index: n, value: { text: 'something to fill a page with '.repeat(20) } };
    });
    await store.commit([
      { generation, programme: P, documents, after: -1, marker: { index: 499, position: '500' } },
    ]);
    await store.swap('actions', generation);
    await store.checkpoints.save('views', '500');
    await store.close();
  };

  const reopened = async (): Promise<{ reasons: string[]; current: string | undefined }> => {
    const reasons: string[] = [];
    const store = SqliteViewStore.open({ file, onDiscarded: (reason) => reasons.push(reason) });
    const current = await store.current('actions', 1);
    if (current === undefined) {
      // It is a store like any other.
      const generation = await store.building('actions', 1);
      await store.commit([
        { generation, programme: P, documents: [], after: -1, marker: { index: 0, position: '1' } },
      ]);
      expect(await store.checkpoints.load('views')).toBeUndefined();
    }
    await store.close();
    return { reasons, current };
  };

  it('is kept from one start to the next, and says nothing', async () => {
    await filled();
    expect(await reopened()).toEqual({ reasons: [], current: '1' });
  });

  it.each([
    [
      'bytes of something else',
      () => fs.writeFileSync(file, 'not a database, but longer than its header '.repeat(9)),
    ],
    ['a header of nothing', () => fs.writeFileSync(file, Buffer.alloc(8192, 7))],
    ['tables of a newer version', () => pragma('user_version = 2')],
    ['tables of an older version', () => pragma('user_version = 0')],
  ])('is thrown away when it holds %s', async (_what, damage) => {
    await filled();
    damage();
    const { reasons, current } = await reopened();
    expect(reasons).toHaveLength(1);
    expect(current).toBeUndefined();
    expect((await reopened()).reasons).toEqual([]);
  });

  it.each([
    ['a page', /malformed|disk image/],
    ['a document', /JSON/],
  ])('that turns out to have %s damaged is thrown away at the next start', async (what, message) => {
    await filled();
    if (what === 'a page') {
      const bytes = fs.readFileSync(file);
      for (let at = 2 * 8192; at < bytes.length; at += 8192) bytes.fill(0xff, at, at + 400);
      fs.writeFileSync(file, bytes);
    } else {
      pragma("user_version = 1; UPDATE documents SET value = '{half'");
    }
    const store = SqliteViewStore.open({ file });
    const found = store.list('1', P);
    await expect(found).rejects.toThrow(ViewStoreBroken);
    await expect(found).rejects.toThrow(message);
    await store.close();
    expect(await reopened()).toEqual({ reasons: [expect.stringMatching(message)], current: undefined });
    expect(fs.readdirSync(directory)).toEqual(['views.db']);
  });

  it('of another program is left as it is', () => {
    const other = new Sqlite(file);
    other.exec('CREATE TABLE treasures (name TEXT)');
    other.close();
    const bytes = fs.readFileSync(file);
    expect(() => SqliteViewStore.open({ file })).toThrow(NotAViewStore);
    expect(fs.readFileSync(file)).toEqual(bytes);
  });

  it('is not thrown away by who only reads', async () => {
    await filled();
    pragma('user_version = 2');
    expect(() => SqliteViewStore.open({ file, readOnly: true })).toThrow(ViewStoreBroken);
    expect(pragma('user_version')).toEqual([{ user_version: 2 }]);
  });

  it.each([
    ['tables of another version', () => void pragma('user_version = 2'), ViewStoreBroken],
    ['a note that it is damaged', () => fs.writeFileSync(`${file}.broken`, 'malformed'), ViewStoreBroken],
    ['no file any more', () => fs.rmSync(file), /unable to open/],
  ])('is neither thrown away nor made by a writer beside whom others read: %s', async (_, damage, thrown) => {
    await filled();
    damage();
    const before = fs.readdirSync(directory);
    const onDiscarded = jest.fn();
    expect(() => SqliteViewStore.open({ file, keep: true, onDiscarded })).toThrow(thrown);
    expect(fs.readdirSync(directory)).toEqual(before);
    expect(onDiscarded).not.toHaveBeenCalled();
    // The next start does it.
    expect((await reopened()).current).toBeUndefined();
  });

  const pragma = (text: string): unknown => {
    const db = new Sqlite(file);
    try {
      const [first, ...others] = text.split('; ') as [string, ...string[]];
      const answer = db.pragma(first);
      for (const sql of others) db.exec(sql);
      return answer;
    } finally {
      db.close();
    }
  };
});

describe('SqliteViewStore', () => {
  it('writes a batch whole or not at all', async () => {
    const store = SqliteViewStore.open({ file });
    const generation = await store.building('actions', 1);
    const marker = { index: 1, position: '2' };
    const unspeakable = 1n as unknown as Json;
    const documents = [
      { key: 'a', index: 1, value: 'good' },
      { key: 'b', index: 1, value: unspeakable },
    ];
    await expect(
      store.commit([
        {
          generation,
          programme: 'batu.2023',
          documents: [{ key: 'a', index: 0, value: 1 }],
          after: -1,
          marker,
        },
        { generation, programme: P, documents, after: -1, marker },
      ]),
    ).rejects.toThrow(TypeError);
    expect((await store.markers(generation)).size).toBe(0);
    expect(await store.list(generation, P)).toEqual([]);
    expect(await store.list(generation, 'batu.2023')).toEqual([]);
    await store.close();
  });

  it('shows who reads every commit at once, and never lets him write', async () => {
    const store = SqliteViewStore.open({ file });
    const reader = SqliteViewStore.open({ file, readOnly: true });
    const generation = await store.building('actions', 1);
    for (let index = 0; index < 50; index++) {
      const documents = [{ key: 'a', index, value: index }];
      await store.commit([
        { generation, programme: P, documents, after: -1, marker: { index, position: String(index) } },
      ]);
      expect((await reader.marker(generation, P)).index).toBe(index);
      expect((await reader.load(generation, P, ['a'])).get('a')?.value).toBe(index);
    }
    await expect(reader.building('actions', 2)).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
    await reader.close();
    await store.close();
  });

  it('lets who reads see one moment, whatever is committed meanwhile', async () => {
    const store = SqliteViewStore.open({ file });
    const reader = SqliteViewStore.open({ file, readOnly: true });
    const generation = await store.building('actions', 1);
    const commit = (index: number) => {
      const documents = [{ key: 'a', index, value: index }];
      return store.commit([
        { generation, programme: P, documents, after: -1, marker: { index, position: String(index) } },
      ]);
    };
    await commit(1);
    const seen = await reader.atOneMoment(async () => {
      const documents = reader.load(generation, P, ['a']);
      const committed = commit(2);
      const marker = reader.marker(generation, P);
      await committed;
      return [(await documents).get('a')?.value, (await marker).index];
    });
    expect(seen).toEqual([1, 1]);
    expect((await reader.marker(generation, P)).index).toBe(2);
    await reader.close();
    await store.close();
  });

  it('keeps nothing of generations that are gone', async () => {
    const store = SqliteViewStore.open({ file });
    const fill = async (generation: string) => {
      const documents = [{ key: 'a', index: 1, value: generation }];
      await store.commit([
        { generation, programme: P, documents, after: -1, marker: { index: 1, position: '1' } },
      ]);
    };
    for (let version = 1; version < 4; version++) {
      const generation = await store.building('actions', version);
      await fill(generation);
      await store.swap('actions', generation);
      const beside = await store.building('actions', version);
      await fill(beside);
      await store.swap('actions', generation);
    }
    await store.close();
    const db = new Sqlite(file);
    for (const table of ['generations', 'documents', 'markers']) {
      expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(1);
    }
    db.close();
  });

  it('has room for one version of a view: what is begun or swapped in takes the place of others', async () => {
    const store = SqliteViewStore.open({ file });
    const [first, second] = [await store.building('actions', 1), await store.building('actions', 2)];
    await expect(store.marker(first, P)).rejects.toThrow(GenerationGone);
    await store.swap('actions', second);
    const { generation } = await store.open('actions', 3);
    expect(await store.current('actions', 2)).toBe(second);
    await store.swap('actions', generation);
    await expect(store.marker(second, P)).rejects.toThrow(GenerationGone);
    expect([await store.current('actions', 2), await store.current('actions', 3)]).toEqual([
      undefined,
      generation,
    ]);
    await store.close();
  });

  it('keeps how far each group of a feed has come', async () => {
    let store = SqliteViewStore.open({ file });
    expect(await store.checkpoints.load('views')).toBeUndefined();
    await store.checkpoints.save('views', '12');
    await store.checkpoints.save('processes', '7');
    await store.checkpoints.save('views', '99999999999999999999');
    await store.close();
    store = SqliteViewStore.open({ file });
    expect(await store.checkpoints.load('views')).toBe('99999999999999999999');
    expect(await store.checkpoints.load('processes')).toBe('7');
    await store.close();
  });
});
