import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Json, ProgrammeEvent } from '@jejak/core';
import { programmeEvents } from '@jejak/core/testing';
import type { PhaseEvent } from '@jejak/domain';
import { MerkleTree } from '@jejak/ledger';
import { sealAt } from '@jejak/processes';
import {
  type Config,
  configFor,
  importHistory,
  type LocalJejak,
  openJejak,
  parseHistory,
  readConfig,
} from '@jejak/runtime';
import { queries, type Snapshot } from '@jejak/views';
import { sampleHistory } from '../fixtures/malang-2023/build';

const FILE = path.join(__dirname, '../fixtures/malang-2023/history.jsonl');
const PROGRAMME = 'malang.2023';

type Sealed = Extract<PhaseEvent, { type: 'PhaseSealed' }>;

let directory: string;
let config: Config;
let jejak: LocalJejak;

async function eventsOf(type: string): Promise<ProgrammeEvent[]> {
  const found: ProgrammeEvent[] = [];
  for await (const recorded of programmeEvents(jejak.log, PROGRAMME)) {
    if (recorded.event.type === type) found.push(recorded);
  }
  return found;
}

beforeAll(async () => {
  if (process.env.UPDATE_SAMPLE === '1') fs.writeFileSync(FILE, sampleHistory());
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-sample-'));
  ({ config } = readConfig({ JEJAK_DATA: directory }));
  await importHistory(config, parseHistory(fs.readFileSync(FILE, 'utf8'), Date.now()));
  jejak = await openJejak(config, { worker: 'manual' });
}, 60_000);

afterAll(async () => {
  await jejak.close();
  fs.rmSync(directory, { recursive: true });
});

describe('the sample', () => {
  it('is what its tables give', () => {
    expect(fs.readFileSync(FILE, 'utf8')).toBe(sampleHistory());
  });

  it('was sealed with the published figures of Phase II', async () => {
    const [first, second] = (await eventsOf('PhaseSealed')) as unknown as ProgrammeEvent<Sealed>[];
    const { figures, budget, csr } = second?.event.data.snapshot as unknown as Snapshot;
    const shown = Object.fromEntries(figures.dimensions.map(({ code, figure }) => [code, figure?.displayed]));
    expect(shown).toEqual({
      governance: '100',
      branding: '89',
      economy: '86',
      living: '100',
      society: '100',
      environment: '100',
    });
    expect(figures.programme).toMatchObject({
      numerator: '50',
      denominator: '52',
      exact: '25/26',
      displayed: '96.2',
    });
    expect(budget.agencies.find(({ agency }) => agency === 'diskominfo')?.ceiling).toBe(1_500_000_000);
    expect(budget.total.ceiling).toBe(571_740_000_000);
    expect(csr.byYear.find(({ year }) => year === 2022)?.received).toBe(883_000_000);
    expect(first?.event.data.snapshot).toMatchObject({
      figures: { programme: { numerator: '22', denominator: '52' } },
    });
  });

  it('says of Phase II what came after its closing and makes the difference: live, sealed and restated differ', async () => {
    await jejak.project();
    const asked = { programme: PROGRAMME, after: undefined };
    const { answer: live } = await jejak.ask.answer({ ...asked, query: queries.snapshot, params: {} });
    expect(live.figures.programme).toMatchObject({ numerator: '50', denominator: '52', displayed: '96.2' });
    const { answer } = await jejak.ask.answer({
      ...asked,
      query: queries.restated,
      params: { phase: '2', seal: '1' },
    });
    const { restated, difference } = answer;
    expect(restated.figures.programme).toMatchObject({
      numerator: '49',
      denominator: '52',
      displayed: '94.2',
    });
    expect(
      difference.map(({ type, on, stream, code, late, withoutReason }) => [
        type,
        on,
        stream,
        code,
        late,
        withoutReason,
      ]),
    ).toEqual([
      ['BudgetDisbursed', '2023-11-06', 'budget', '2023-01-diskominfo', true, false],
      ['CompletionRetracted', '2023-10-20', 'action', 'GOV-08', true, false],
    ]);
  });

  it('has seals that a recomputation from the log gives again, with the root of the tree at the closing', async () => {
    const closings = (await eventsOf('PhaseClosed')) as unknown as Parameters<typeof sealAt>[0][];
    const seals = (await eventsOf('PhaseSealed')) as unknown as ProgrammeEvent<Sealed>[];
    expect(seals).toHaveLength(2);
    for (const [n, closing] of closings.entries()) {
      expect(JSON.parse(JSON.stringify(await sealAt(closing, jejak)))).toEqual(
        seals[n]?.event.data as unknown as Json,
      );
      const tree = new MerkleTree();
      for await (const { event } of programmeEvents(jejak.log, PROGRAMME, 0, closing.index)) tree.add(event);
      expect(seals[n]?.event.data.tree).toEqual({ size: closing.index + 1, root: tree.root() });
    }
  });

  it('marks every event as reconstructed, recorded at its own time, and says when it was really written', async () => {
    let last = '';
    for await (const { event } of programmeEvents(jejak.log, PROGRAMME)) {
      expect(event.meta.origin).toBe('reconstructed');
      expect(event.meta.importedAt).toMatch(/^20[2-9][0-9]-/);
      expect(event.recordedAt < '2023-12-01').toBe(true);
      expect(event.recordedAt >= last).toBe(true);
      last = event.recordedAt;
    }
  });

  it('is carried out once, however often its file is brought in', async () => {
    const before = await jejak.log.head(PROGRAMME);
    await jejak.close();
    const again = await importHistory(config, parseHistory(fs.readFileSync(FILE, 'utf8'), Date.now()));
    expect(again).toMatchObject({ repeated: again.commands, opened: [] });
    jejak = await openJejak(config, { worker: 'manual' });
    expect(await jejak.log.head(PROGRAMME)).toEqual(before);
  });

  it('goes on with a file that was cut off, though a role was revoked in what is there', async () => {
    const [header = '', ...rows] = fs.readFileSync(FILE, 'utf8').trim().split('\n');
    const at = '2023-01-03T00:00:00.000Z';
    const stream = 'access-malang.2023.p-0003';
    const revoked = {
      key: 'revoke',
      at,
      by: 'p-0001',
      type: 'RevokeRole',
      stream,
      body: { role: 'verifier' },
    };
    const own = configFor(fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-history-')));
    const office = {
      ...revoked,
      key: 'office',
      by: 'p-0000',
      stream: 'access-malang.2023.p-0001',
      body: { role: 'office' },
    };
    const start = rows.slice(0, 60).filter((row) => (JSON.parse(row) as { at: string }).at < at);
    const file = (...more: object[]): string =>
      [header, ...start, ...more.map((row) => JSON.stringify(row))].join('\n');
    await importHistory(own, parseHistory(file(revoked, office), Date.now()));
    const again = {
      ...revoked,
      key: 'again',
      by: 'p-0000',
      type: 'GrantRole',
      stream: office.stream,
      body: office.body,
    };
    const resumed = await importHistory(own, parseHistory(file(revoked, office, again), Date.now()));
    expect(resumed).toMatchObject({ commands: start.length + 3, repeated: start.length + 2 });
    fs.rmSync(own.dataDirectory, { recursive: true });
  });

  it('refuses a history that goes back, reaches into the future, or meets events that are not its own', async () => {
    const [header = '', ...rows] = fs.readFileSync(FILE, 'utf8').trim().split('\n');
    const text = (...lines: (string | undefined)[]): string => lines.join('\n');
    expect(() => parseHistory(text(header, rows[1], rows[0]), Date.now())).toThrow('line 3');
    expect(() => parseHistory(text(header, rows[0]), Date.parse('2022-01-01'))).toThrow('future');
    expect(() => parseHistory(text(header, rows[0], rows[0]), Date.now())).toThrow('stands twice');
    expect(() => parseHistory(text(header, '{'), Date.now())).toThrow('line 2');
    expect(() => parseHistory(header, Date.now())).toThrow('no command');
    const half = parseHistory(text(header, ...rows.slice(0, 10)), Date.now());
    await jejak.close();
    await expect(importHistory(config, half)).rejects.toMatchObject({ code: 'history-target-not-empty' });
    jejak = await openJejak(config, { worker: 'manual' });
  });
});
