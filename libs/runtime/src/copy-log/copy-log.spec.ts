import fs from 'node:fs';
import path from 'node:path';
import { CommandRunner, INSTALLATION, streamName, type Submission } from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { DISKOMINFO, type ImportCity, OFFICE, PROGRAMME } from '../../../../test/support/import-city';
import { bytesIn, DirectoryPlace, movingCity, REPORT } from '../../../../test/support/moving';
import { backup, restore } from '../upkeep';
import { abandonCopy, type Copied, copyLog } from './copy-log';
import { COPY_REFUSALS, CopyRefused } from './refused';
import type { Address } from './side';

const CLI = { subject: 'cli', role: 'operator' };

describe('copy-log', () => {
  let city: ImportCity;
  let source: DirectoryPlace;
  let target: DirectoryPlace;
  beforeEach(async () => {
    city = await movingCity(2);
    source = new DirectoryPlace(city.directory);
    target = new DirectoryPlace();
  });
  afterEach(async () => {
    await city.jejak.close();
    await source.remove();
    await target.remove();
  });

  const at = ({ directory }: DirectoryPlace): Address => ({ kind: 'directory', directory });
  const copy = (
    finish = false,
    { from = source, to = target, programme = PROGRAMME } = {},
  ): Promise<Copied> => copyLog({ programme, from: at(from), to: at(to), finish });

  /** Gives a command in a place that no server runs on. */
  async function give(place: DirectoryPlace, submission: Partial<Submission>): Promise<void> {
    const { log, close } = await place.open('write');
    try {
      const commands = new CommandRunner({ log, deciders, catalogue, clock: Date.now });
      await commands.run({ ...REPORT, ...submission });
    } finally {
      await close();
    }
  }
  const account = (subject: string): Partial<Submission> => ({
    ...{ type: 'OpenAccount', stream: streamName('account', INSTALLATION, subject), actor: CLI },
    ...{ body: { kind: 'person' }, key: subject },
  });

  describe('refuses', () => {
    it('a programme that the source does not have, as where source and target were swapped, and makes no target', async () => {
      const refused = copyLog({ programme: 'lain.2023', from: at(source), to: at(target), finish: false });
      await expect(refused).rejects.toMatchObject({ code: 'unknown-programme' });
      expect(fs.existsSync(target.directory)).toBe(false);
      await expect(copy(false, { programme: 'Kota' })).rejects.toMatchObject({ code: 'bad-name' });
      await expect(copy(false, { from: target, to: source })).rejects.toMatchObject({ code: 'no-data' });
      await give(target, account('u-1'));
      await city.jejak.close();
      await expect(copy(false, { from: target, to: source })).rejects.toMatchObject({
        code: 'unknown-programme',
      });
    });

    it('one log as source and target, by whatever name, and a copy of its files', async () => {
      const link = `${source.directory}.link`;
      fs.symlinkSync(source.directory, link);
      await expect(copy(false, { to: new DirectoryPlace(link) })).rejects.toMatchObject({ code: 'same-log' });
      fs.rmSync(link);
      await backup(source.directory, `${target.directory}.backup`);
      await restore(`${target.directory}.backup`, target.directory);
      await expect(copy()).rejects.toMatchObject({ code: 'same-log' });
    });

    it('a source directory that a server runs on, for --finish, and a target directory always', async () => {
      await expect(copy(true)).rejects.toMatchObject({ code: 'data-directory-locked' });
      const held = await target.open('write');
      await expect(copy()).rejects.toMatchObject({ code: 'data-directory-locked' });
      await held.close();
    });

    it('a target that is ahead', async () => {
      await copy();
      await copy(false, { to: source, from: target }).catch(() => undefined);
      await city.jejak.close();
      const third = new DirectoryPlace();
      await copy(true);
      await give(target, { ...REPORT, key: 'n', stream: streamName('action', PROGRAMME, 'A-1') });
      await copy(false, { from: target, to: third });
      const ahead = copy(false, { to: third });
      await expect(ahead).rejects.toMatchObject({ code: 'target-ahead' });
      await third.remove();
    });

    it('a target whose events of the programme are others', async () => {
      await give(target, { ...account('u-1') });
      const grant = { type: 'GrantRole', stream: streamName('access', PROGRAMME, 'u-1'), actor: CLI };
      await give(target, { ...grant, body: { role: 'office' }, key: 'g' });
      const before = await bytesIn(target);
      await expect(copy()).rejects.toMatchObject({ code: 'target-differs', params: { index: 0 } });
      expect(await bytesIn(target)).toEqual(before);
      // It is as it was, and goes on.
      await give(target, { ...grant, type: 'RevokeRole', body: { role: 'office' }, key: 'h' });
    });

    it('a grant to a subject that is somebody else in the target, before anything is copied', async () => {
      const subject = 'p-dinkes';
      await give(target, account(subject));
      await expect(copy()).rejects.toMatchObject({ code: 'subject-taken', params: { subject } });
      expect(await bytesIn(target)).toEqual([]);
      const other = await target.open('write');
      expect(await other.log.gate(PROGRAMME)).toBeUndefined();
      await other.close();
    });

    it('installation where the log is not empty', async () => {
      await give(target, account('u-1'));
      await expect(copy(false, { programme: INSTALLATION })).rejects.toMatchObject({
        code: 'target-differs',
      });
      const other = new DirectoryPlace();
      await copy(false, { to: other });
      await expect(copy(false, { programme: INSTALLATION, to: other })).rejects.toMatchObject({
        code: 'target-not-empty',
      });
      await other.remove();
    });

    it('to move what moves elsewhere, until that is given up, and not after it has arrived', async () => {
      await city.jejak.close();
      const { log, close } = await source.open('shut');
      await log.setGate(PROGRAMME, { state: 'leaving', to: 'another' });
      await close();
      await expect(copy(true)).rejects.toMatchObject({ code: 'moved-elsewhere', params: { log: 'another' } });
      const next = { ...REPORT, key: 'next', stream: streamName('action', PROGRAMME, 'A-1') };
      await expect(give(source, next)).rejects.toMatchObject({ code: 'programme-moving' });
      await abandonCopy(PROGRAMME, at(source));
      await give(source, next);
      expect(await copy(true)).toMatchObject({ ready: true });
      await expect(abandonCopy(PROGRAMME, at(source))).rejects.toMatchObject({ code: 'nothing-to-abandon' });
      const third = new DirectoryPlace();
      await expect(copy(true, { to: third })).rejects.toMatchObject({ code: 'moved-elsewhere' });
      await third.remove();
    });

    it('to copy on what is itself still arriving', async () => {
      await copy();
      const third = new DirectoryPlace();
      await expect(copy(false, { from: target, to: third })).rejects.toMatchObject({
        code: 'source-arriving',
      });
      await third.remove();
    });

    it('each with a sentence in both languages', () => {
      const params = { programme: 'a.2023', count: 3, index: 4, log: 'x', subject: 'u' };
      for (const code of Object.keys(COPY_REFUSALS) as (keyof typeof COPY_REFUSALS)[]) {
        const refused = new CopyRefused(code, params);
        expect(refused.sentence('en')).not.toBe(refused.sentence('id'));
        for (const language of ['en', 'id'] as const) expect(refused.sentence(language)).not.toMatch(/[{}]/);
      }
    });
  });

  it('goes on where it came to, beside a city that is written all the time', async () => {
    const stop = new AbortController();
    const writing = (async () => {
      for (let n = 0; !stop.signal.aborted; n++) {
        const body = { agency: `x${String(n)}`, name: 'X', effectiveOn: '2023-07-01' };
        await city.give('EnrolAgency', streamName('programme', PROGRAMME), body, 'office');
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    let events = 0;
    for (let n = 0; n < 6; n++) {
      const copied = await copy();
      expect(copied).toMatchObject({ ready: false, events: events + copied.copied });
      events = copied.events;
    }
    stop.abort();
    await writing;
    const next = { ...REPORT, key: 'n', stream: streamName('action', PROGRAMME, 'A-1') };
    await expect(give(target, next)).rejects.toMatchObject({ code: 'programme-moving' });
    await city.jejak.close();
    const moved = await copy(true);
    expect(moved.ready).toBe(true);
    expect(moved.events).toBeGreaterThan(events);
    expect(await bytesIn(target)).toEqual(await bytesIn(source));
    await expect(give(source, next)).rejects.toMatchObject({ code: 'programme-moved' });
    await give(target, next);
  });

  it('moves a whole machine: installation first, then each programme', async () => {
    await city.jejak.close();
    expect(await copy(false, { programme: INSTALLATION })).toMatchObject({ ready: false, people: [] });
    // Accounts cannot be opened before installation has arrived; nobody of them needs one here.
    const moved = await copy(true);
    expect(moved.people.map(({ outcome }) => outcome)).toEqual(['there', 'there', 'there']);
    const whole = await copy(true, { programme: INSTALLATION });
    expect(whole).toMatchObject({ ready: true });
    expect(await bytesIn(target, INSTALLATION)).toEqual(await bytesIn(source, INSTALLATION));
    const { credentials, close } = await target.open('write');
    expect((await credentials.accounts()).map(({ login }) => login).sort()).toEqual([
      'dinkes',
      'diskominfo',
      'office',
    ]);
    await close();
  });

  it('brings people under their subjects, and loses nobody whose login is taken', async () => {
    const { credentials } = city.jejak;
    await credentials.save({
      ...{ subject: 'p-diskominfo', login: 'sari', name: 'Sari', passwordHash: '$argon2id$x' },
      external: { issuer: 'https://id.example', subject: 's-1' },
    });
    await city.give('OpenAccount', streamName('account', INSTALLATION, 'p-left'), { kind: 'person' });
    await credentials.save({ subject: 'p-left', login: 'left', name: 'Left' });
    const role = { role: 'officer', agency: 'dinkes' };
    const access = streamName('access', PROGRAMME, 'p-left');
    await city.as(OFFICE, 'GrantRole', access, role);
    await city.as(OFFICE, 'RevokeRole', access, role);
    await credentials.forget('p-dinkes');
    await city.jejak.close();

    const there = await target.open('write');
    await there.credentials.save({
      ...{ subject: 'u-9', login: 'Sari', name: 'Another Sari' },
      external: { issuer: 'https://id.example', subject: 's-1' },
    });
    await there.close();
    const { people } = await copy(true);
    expect(people).toEqual([
      {
        ...{ subject: 'p-diskominfo', login: 'sari', outcome: 'opened' },
        ...{ renamed: `sari@${PROGRAMME}`, externalTaken: true },
      },
      { subject: 'p-left', login: 'left', outcome: 'named' },
      { subject: 'p-office', login: 'office', outcome: 'opened' },
    ]);
    const after = await target.open('write');
    expect(await after.credentials.accounts()).toEqual([
      { subject: 'p-diskominfo', login: `sari@${PROGRAMME}`, name: 'Sari', passwordHash: '$argon2id$x' },
      { subject: 'p-left', login: '', name: 'Left' },
      { subject: 'p-office', login: 'office', name: 'Name of p-office' },
      expect.objectContaining({ subject: 'u-9', login: 'Sari' }),
    ]);
    const opened = await after.log.readStream(streamName('account', INSTALLATION, 'p-diskominfo'));
    expect(opened.map(({ event }) => event.type)).toEqual(['AccountOpened']);
    expect(await after.log.readStream(streamName('account', INSTALLATION, 'p-left'))).toEqual([]);
    await after.close();
    expect(await copy(true)).toMatchObject({ ready: true, before: true, people: [] });
  });

  it('tells of evidence that the source has lost or that is damaged, and copies the rest', async () => {
    const stream = streamName('action', PROGRAMME, 'A-1');
    const of = await city.as(DISKOMINFO, 'ReportProgress', stream, {
      ...{ occurredOn: '2023-09-30', quarter: '2023-Q3', realisation: '3' },
    });
    const put = async (content: string): Promise<string> => {
      const about = { mediaType: 'text/plain', limit: 10 };
      const { digest, bytes } = await city.jejak.evidence.put(PROGRAMME, text(content), about);
      await city.as(DISKOMINFO, 'AttachEvidence', stream, { of, digest, mediaType: 'text/plain', bytes });
      return digest;
    };
    const [digest, lost] = [await put('kedua'), await put('ketiga')];
    const placeOf = (each: string): string =>
      path.join(source.directory, 'evidence', PROGRAMME, each.slice(0, 2), each);
    const file = placeOf(digest);
    fs.appendFileSync(file, 'x');
    for (const each of [placeOf(lost), `${placeOf(lost)}.json`]) fs.rmSync(each);
    expect((await copy()).evidence).toEqual({ copied: 1, there: 0, missing: [lost], damaged: [digest] });
    fs.writeFileSync(file, 'kedua');
    expect((await copy()).evidence).toEqual({ copied: 1, there: 1, missing: [lost], damaged: [] });
  });
});

async function* text(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
