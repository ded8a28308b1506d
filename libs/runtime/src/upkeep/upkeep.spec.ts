import fs from 'node:fs';
import path from 'node:path';
import { streamName } from '@jejak/core';
import { queries } from '@jejak/views';
import { Sqlite } from '@jejak/adapters/sqlite';
import { DISKOMINFO, ImportCity, OFFICE, PROGRAMME } from '../../../../test/support/import-city';
import { openBeside } from '../beside';
import { backup } from './backup';
import { check } from './check';
import { MANIFEST, readManifest } from './manifest';
import { rebuild } from './rebuild';
import { restore } from './restore';

/** A city with an action, a closed and sealed phase, evidence, and views. */
async function city(): Promise<ImportCity> {
  const made = await ImportCity.open();
  const plan = {
    ...{
      code: 'A-1',
      title: 'Aksi',
      kind: 'action',
      dimension: 'economy',
      weight: '1',
      lead: 'diskominfo',
      supporting: [],
    },
    ...{ targets: { unit: 'x', quarters: [{ quarter: '2023-Q4', target: '4' }] }, effectiveOn: '2023-01-01' },
  };
  await made.as(OFFICE, 'PlanAction', streamName('action', PROGRAMME, 'A-1'), plan);
  const report = { occurredOn: '2023-03-31', quarter: '2023-Q1', realisation: '3' };
  const of = await made.as(DISKOMINFO, 'ReportProgress', streamName('action', PROGRAMME, 'A-1'), report);
  await made.attach('A-1', of, 'bukti');
  await made.sealFirstPhase();
  await made.jejak.project();
  return made;
}

/** Changes a database behind the back of what guards it. */
function tamper(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.pragma('journal_mode = DELETE');
  db.exec(
    'SELECT 1; DROP TRIGGER IF EXISTS events_are_not_changed; DROP TRIGGER IF EXISTS events_are_not_removed',
  );
  db.exec(sql);
  db.close();
}

describe('backup and restore', () => {
  let source: ImportCity;
  let target: string;
  beforeAll(async () => {
    source = await city();
  });
  afterAll(() => source.close());
  beforeEach(() => {
    target = `${source.directory}.backup`;
    fs.rmSync(target, { recursive: true, force: true });
  });
  afterEach(() => {
    for (const name of [target, `${source.directory}.restored`])
      fs.rmSync(name, { recursive: true, force: true });
  });

  it('copies the installation while it is written, and makes the same of it elsewhere', async () => {
    const stop = new AbortController();
    const written = (async () => {
      for (let n = 0; !stop.signal.aborted; n++) {
        const body = { agency: `x${String(n)}`, name: 'X', effectiveOn: '2023-07-01' };
        await source.give('EnrolAgency', streamName('programme', PROGRAMME), body);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const manifest = await backup(source.directory, target);
    stop.abort();
    await written;
    expect(fs.readdirSync(target).sort()).toEqual(['accounts.db', 'evidence', 'log.db', MANIFEST]);
    expect(fs.statSync(path.join(target, 'log.db')).mode & 0o077).toBe(0);
    expect(manifest).toEqual(readManifest(target));
    const restored = `${source.directory}.restored`;
    await restore(target, restored);
    expect(
      fs.readdirSync(path.dirname(restored)).filter((name) => name.startsWith(`${path.basename(restored)}.`)),
    ).toEqual([]);
    const beside = await openBeside(restored);
    const head = manifest.heads.find(({ programme }) => programme === PROGRAMME);
    expect(await beside.log.head(PROGRAMME)).toEqual(head);
    expect(beside.log.logId).toBe(source.jejak.log.logId);
    const then = String(head?.index ?? 0);
    const [a, b] = [
      await beside.answer(queries.snapshot, PROGRAMME, { cutOff: '2023-09-30' }, then),
      await source.jejak.ask.answer({
        query: queries.snapshot,
        programme: PROGRAMME,
        params: { cutOff: '2023-09-30' },
        knownAt: then,
      }),
    ];
    expect(a).toEqual(b);
    expect(await beside.credentials.byLogin('office')).toMatchObject({ name: 'Name of p-office' });
    await beside.close();
    const checked = await check(restored);
    expect(checked.flatMap(({ problems }) => problems)).toEqual([]);
    expect(checked.find(({ what }) => what === 'log')?.looked).toBe(manifest.events);
    const evidence = manifest.files.filter((file) => file.path.startsWith('evidence/'));
    expect(evidence).toHaveLength(2);
  });

  it.each([
    [
      'a byte changed',
      () => fs.appendFileSync(path.join(target, 'accounts.db'), 'x'),
      'accounts.db is not what it was',
    ],
    ['a file is missing', () => fs.rmSync(path.join(target, 'log.db')), 'log.db is missing'],
    [
      'a file was added',
      () => fs.writeFileSync(path.join(target, 'evidence', 'x'), ''),
      'evidence/x is not in the manifest',
    ],
    ['there is no manifest', () => fs.rmSync(path.join(target, MANIFEST)), 'not a backup of Jejak'],
    [
      'the manifest leads elsewhere',
      () => edit((text) => text.replace('"log.db"', '"../log.db"')),
      '../log.db is missing',
    ],
    [
      'the manifest says another head',
      () => edit((text) => text.replace(/"index": [0-9]+/, '"index": 9999')),
      'does not stand where',
    ],
  ])('refuses a backup that is not whole: %s', async (_name, harm, message) => {
    await backup(source.directory, target);
    harm();
    const restored = `${source.directory}.restored`;
    await expect(restore(target, restored)).rejects.toThrow(message);
    expect(fs.existsSync(restored)).toBe(false);
  });

  function edit(change: (text: string) => string): void {
    const file = path.join(target, MANIFEST);
    fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  }

  it('writes nowhere that holds something, and leaves nothing half done', async () => {
    fs.mkdirSync(target);
    fs.writeFileSync(path.join(target, 'mine'), '');
    await expect(backup(source.directory, target)).rejects.toMatchObject({ code: 'not-empty' });
    await expect(restore(target, source.directory)).rejects.toMatchObject({ code: 'bad-backup' });
    await expect(backup(path.join(source.directory, 'nowhere'), `${target}2`)).rejects.toMatchObject({
      code: 'no-data',
    });
    expect(fs.readdirSync(path.dirname(target)).filter((name) => name.includes('.partial-'))).toEqual([]);
  });
});

describe('check', () => {
  let made: ImportCity;
  let log: string;
  let viewsFile: string;
  beforeEach(async () => {
    made = await city();
    log = path.join(made.directory, 'log.db');
    viewsFile = path.join(made.directory, 'views.db');
  });
  afterEach(() => made.close());

  /** The problems that are found, by what was looked at. */
  async function problems(): Promise<Record<string, readonly string[]>> {
    const found = await check(made.directory);
    return Object.fromEntries(
      found.filter((each) => each.problems.length > 0).map((each) => [each.what, each.problems]),
    );
  }

  it('finds nothing where nothing is wrong, and says what it looked at', async () => {
    const found = await check(made.directory);
    expect(found.map(({ what, problems: wrong }) => [what, wrong])).toEqual([
      ['databases', []],
      ['log', []],
      ['seals', []],
      ['views', []],
    ]);
    expect(Object.fromEntries(found.map(({ what, looked }) => [what, looked]))).toMatchObject({
      databases: 3,
      seals: 1,
    });
    expect(found.find(({ what }) => what === 'views')?.looked).toBeGreaterThan(5);
  });

  it('finds a changed event, and the seal and views that no longer follow from the log', async () => {
    await made.jejak.close();
    tamper(
      log,
      `UPDATE events SET envelope = replace(envelope, '"realisation":"3"', '"realisation":"4"') WHERE envelope LIKE '%ProgressReported%'`,
    );
    const found = await problems();
    expect(found.seals).toEqual([`${PROGRAMME}, phase 1, seal 1: a recomputation gives something else`]);
    expect(
      found.views?.some((line) => line.includes('actions of') && line.includes('action/a-1 differs')),
    ).toBe(true);
    await reopened();
  });

  it.each([
    ['a missing event', `DELETE FROM events WHERE position = 8`, /index [0-9]+ of \S+ after/],
    [
      'a form that is not canonical',
      `UPDATE events SET envelope = replace(envelope, '{"data"', '{ "data"') WHERE position = 8`,
      /not in its canonical form/,
    ],
    ['a text that is no JSON', `UPDATE events SET envelope = 'x' WHERE position = 8`, /position 8/],
    [
      'an unknown event',
      `UPDATE events SET envelope = replace(envelope, '"AgencyEnrolled"', '"AgencyEnrolles"')`,
      /AgencyEnrolles version 1 is not known/,
    ],
    [
      'another place',
      `UPDATE events SET envelope = replace(envelope, '"revision":1', '"revision":7') WHERE position = 6`,
      /another place than the row|canonical/,
    ],
  ])('finds %s', async (_name, sql, expected) => {
    await made.jejak.close();
    tamper(log, sql);
    const found = (await check(made.directory)).flatMap(({ problems: wrong }) => wrong);
    expect(found.join('\n')).toMatch(expected);
    await reopened();
  });

  it('finds a stored view that is not what a fold gives, and a rebuild puts it right', async () => {
    await made.jejak.close();
    tamper(viewsFile, `UPDATE documents SET value = replace(value, 'Aksi', 'Lain') WHERE key = 'action/a-1'`);
    expect((await problems()).views).toEqual(
      expect.arrayContaining([`actions of ${PROGRAMME}: action/a-1 differs from a fresh fold`]),
    );
    const seen: number[] = [];
    expect(await rebuild(made.directory, ['actions'], (done) => seen.push(done))).toEqual(['actions']);
    expect(seen.length).toBeGreaterThan(0);
    await rebuild(made.directory, []);
    expect(await problems()).toEqual({});
    await expect(rebuild(made.directory, ['nothing'])).rejects.toMatchObject({ code: 'unknown-view' });
    await reopened();
  });

  it('does not rebuild beside a process that has the data directory', async () => {
    await expect(rebuild(made.directory, [])).rejects.toMatchObject({ code: 'data-directory-locked' });
  });

  it('finds a damaged file', async () => {
    await made.jejak.close();
    const file = path.join(made.directory, 'accounts.db');
    const bytes = fs.readFileSync(file);
    bytes.fill(0xff, 4_096, 4_096 + 100);
    fs.writeFileSync(file, bytes);
    expect((await problems()).databases?.[0]).toMatch(/^accounts\.db: /);
    fs.rmSync(file);
    await reopened();
  });

  /** What afterEach closes must be open, over whatever is left of the directory. */
  async function reopened(): Promise<void> {
    fs.rmSync(made.directory, { recursive: true });
    made = await ImportCity.open();
  }
});
