import { EvidenceDamaged } from '@jejak/core';
import { evidenceContract } from '@jejak/core/testing';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DirectoryEvidence } from './evidence';

const P = 'malang.2023';
const PDF = { mediaType: 'application/pdf', limit: 1_000 };

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-evidence-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

evidenceContract('a directory', async () => {
  const fixture = {
    store: DirectoryEvidence.open({ directory: path.join(directory, 'evidence') }),
    reopen: async () => {
      fixture.store = DirectoryEvidence.open({ directory: path.join(directory, 'evidence') });
    },
    close: () => fixture.store.close(),
  };
  return fixture;
});

describe('the directory of evidence', () => {
  const content = (text: string) => Readable.from([Buffer.from(text)]);
  const files = () =>
    (fs.readdirSync(directory, { recursive: true }) as string[])
      .filter((name) => fs.statSync(path.join(directory, name)).isFile())
      .sort();

  it('holds whole files only, for their owner only', async () => {
    const store = DirectoryEvidence.open({ directory });
    const { digest } = await store.put(P, content('bukti'), PDF);
    const place = path.join(P, digest.slice(0, 2), digest);
    await expect(store.put(P, content('x'.repeat(1_001)), PDF)).rejects.toThrow('1000 bytes');
    await store.put(P, content('bukti'), PDF);
    expect(files()).toEqual([place, `${place}.json`]);
    for (const name of files()) {
      expect((fs.statSync(path.join(directory, name)).mode & 0o777).toString(8)).toBe('600');
    }
  });

  it('gives nothing of what lies outside of it', async () => {
    const store = DirectoryEvidence.open({ directory: path.join(directory, 'evidence') });
    await store.put(P, content('bukti'), PDF);
    fs.writeFileSync(path.join(directory, 'x'), 'rahasia');
    fs.writeFileSync(path.join(directory, 'x.json'), '{}');
    expect(fs.existsSync(path.join(directory, 'evidence', P, '..', '../x.json'))).toBe(true);
    expect(await store.about(P, '../x')).toBeUndefined();
    expect(await store.read(P, '../x')).toBeUndefined();
  });

  it('has a file again that lost its description, or got no further', async () => {
    const store = DirectoryEvidence.open({ directory });
    const { digest } = await store.put(P, content('bukti'), PDF);
    fs.rmSync(path.join(directory, P, digest.slice(0, 2), `${digest}.json`));
    expect(await store.about(P, digest)).toBeUndefined();
    expect(await store.read(P, digest)).toBeUndefined();
    await store.put(P, content('bukti'), PDF);
    expect(await store.about(P, digest)).toEqual({ digest, bytes: 5, mediaType: 'application/pdf' });
  });

  it.each([
    ['changed', 'bukt1'],
    ['cut off', 'buk'],
  ])('does not give a file that was %s as the one that was put', async (_how, text) => {
    const store = DirectoryEvidence.open({ directory });
    const { digest } = await store.put(P, content('bukti'), PDF);
    fs.writeFileSync(path.join(directory, P, digest.slice(0, 2), digest), text);
    const read = async () => {
      for await (const _part of (await store.read(P, digest))!);
    };
    await expect(read()).rejects.toThrow(EvidenceDamaged);
  });

  it('is cleaned of what was being received when a process died, once that is old', async () => {
    const store = DirectoryEvidence.open({ directory });
    await store.put(P, content('bukti'), PDF);
    const incoming = path.join(directory, 'incoming');
    fs.writeFileSync(path.join(incoming, 'old'), 'half');
    fs.writeFileSync(path.join(incoming, 'young'), 'half');
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    fs.utimesSync(path.join(incoming, 'old'), yesterday, yesterday);
    await store.put(P, content('bukti lain'), PDF);
    expect(fs.readdirSync(incoming)).toEqual(['young']);
  });
});
