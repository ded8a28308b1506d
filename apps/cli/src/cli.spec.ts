import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { FILES, JejakService, openBeside, passwordFits, serveSocket, streamName } from '@jejak/runtime';
import { csv, ImportCity, PROGRAMME } from '../../../test/support/import-city';
import { programArguments } from '../../../test/support/program';
import { languageOf } from './context';
import { run } from './run';

const MAIN = path.resolve(__dirname, 'main');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(
  directory: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  return spawn(process.execPath, [...programArguments(MAIN), ...args], {
    env: { PATH: process.env.PATH, JEJAK_DATA: directory, LANG: 'C', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs a command in a process of its own, where it needs what only a process has. */
async function apart(directory: string, args: readonly string[], input = ''): Promise<Ended> {
  const child = start(directory, args);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** Runs a command here, where nothing has to be loaded first. */
async function jejak(
  directory: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const written = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((name) =>
    jest.spyOn(process[`std${name}`], 'write').mockImplementation((chunk: string | Uint8Array): boolean => {
      written[name] += chunk.toString();
      return true;
    }),
  );
  try {
    const code = await run(args, { JEJAK_DATA: directory, LANG: 'C', ...environment });
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const LINES = 20;
const lines = csv(
  ['Kode Anggaran', 'Uraian', 'OPD', 'Tahun Anggaran', 'Kode Rekening', 'Pagu'],
  ...Array.from({ length: LINES }, (_, n) => [
    `L-${String(n)}`,
    'Kegiatan',
    'diskominfo',
    2023,
    '2.16.01',
    '900.000.000',
  ]),
);
const SP2D = ['Kode Anggaran', 'Nomor SP2D', 'Tanggal', 'Nilai'];
const sp2d = (count: number, from = 0): string =>
  csv(
    SP2D,
    ...Array.from({ length: count }, (_, n) => [
      `L-${String(n % LINES)}`,
      `SP2D-${String(from + n)}`,
      '2023-05-01',
      '1.000',
    ]),
  );

describe('the command line', () => {
  let city: ImportCity;
  let directory: string;
  const file = (name: string, content: string | Buffer): string => {
    const target = path.join(directory, name);
    fs.writeFileSync(target, content);
    return target;
  };
  beforeEach(async () => {
    city = await ImportCity.open();
    ({ directory } = city);
    await city.apply(lines, {}, 'lines.csv');
    await city.jejak.close();
  });
  afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

  async function events(): Promise<readonly { type: string; data: Record<string, unknown> }[]> {
    const { log, close } = await openBeside(directory);
    const found: { type: string; data: Record<string, unknown> }[] = [];
    for await (const page of log.readProgramme(PROGRAMME, 0)) {
      for (const { event } of page)
        found.push({ type: event.type, data: event.data as Record<string, unknown> });
    }
    await close();
    return found;
  }

  it('adds only what is new of files that overlap', async () => {
    const args = ['-p', PROGRAMME, '--as', 'diskominfo'];
    const told = async (count: number, from: number): Promise<string> =>
      (await jejak(directory, ['import', file('sp2d.csv', sp2d(count, from)), ...args])).out.trim();
    expect(await told(60, 0)).toBe('sp2d: 60 rows: 60 recorded');
    expect(await told(60, 0)).toBe('sp2d: 60 rows: 60 there already');
    expect(await told(60, 40)).toBe('sp2d: 60 rows: 40 recorded, 20 there already');
    const paid = (await events()).filter(({ type }) => type === 'BudgetDisbursed');
    expect(paid).toHaveLength(100);
  });

  it('previews, refuses whole files, skips what is not valid, and says so with its exit code', async () => {
    const target = file(
      'bad.csv',
      csv(
        SP2D,
        ['L-0', 'A', '2023-05-01', '5'],
        ['L-0', 'B', '2023-05-01', '1,5'],
        ['L-99', 'C', '2023-05-01', '5'],
      ),
    );
    const args = [target, '-p', PROGRAMME, '--as', 'diskominfo'];
    const before = (await events()).length;
    const preview = await jejak(directory, ['import', ...args, '--dry-run'], { LANG: 'id_ID.UTF-8' });
    expect(preview.code).toBe(1);
    expect(preview.out).toBe(
      'bad, baris 3, kolom "Nilai": "1,5" bukan rupiah bulat: sen tidak dicatat.\n' +
        'bad, baris 4: Belum ada anggaran untuk mata anggaran l-99.\n' +
        'bad: 3 baris: 1 akan dicatat, 2 tidak sah\n' +
        'Ini pratinjau: tidak ada yang dicatat.\n',
    );
    const refused = await jejak(directory, ['import', ...args]);
    expect([refused.code, (await events()).length]).toEqual([1, before]);
    expect(refused.out).toContain('Nothing was recorded, since not every row is valid.');
    const skipped = await jejak(directory, ['import', ...args, '--skip-invalid', '--json']);
    expect([skipped.code, (await events()).length]).toEqual([4, before + 1]);
    const printed = skipped.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(printed.map(({ outcome }) => outcome)).toEqual(['invalid', 'invalid', 'recorded', undefined]);
    expect(printed.at(-1)).toMatchObject({ applied: true, programme: PROGRAMME });
  }, 60_000);

  it('gives a sentence and an exit code for what cannot be done', async () => {
    const good = file('sp2d.csv', sp2d(1));
    const at = ['-p', PROGRAMME, '--as', 'diskominfo'];
    const said = async (args: readonly string[], environment = {}): Promise<string> => {
      const { code, err } = await jejak(directory, args, environment);
      return `${String(code)} ${err.trim().split('\n')[0] ?? ''}`;
    };
    expect(await said(['import', `${good}x`, ...at])).toMatch(/^1 The file does not exist\./);
    expect(await said(['import', good, '-p', PROGRAMME, '--as', 'nobody'])).toBe(
      '1 There is no account nobody.',
    );
    expect(await said(['import', good, '-p', 'lain.2023', '--as', 'office'])).toBe(
      '1 Import takes one of the roles officer, office.',
    );
    expect(await said(['--lang', 'id', 'import', file('x.csv', 'a;b\n1;2\n'), ...at])).toMatch(
      /^1 Judul kolom tidak menunjukkan isi "x"/,
    );
    expect(await said(['import', good])).toBe(
      "2 error: required option '-p, --programme <programme>' not specified",
    );
    expect(await said(['imprt'])).toBe("2 error: unknown command 'imprt'");
    expect(await said(['check'], { JEJAK_PORT: 'x', PORT: 'abc' })).toMatch(/^2 PORT is "abc"/);
    expect(await said(['--lang', 'id', 'check'], { PORT: 'abc' })).toMatch(/^2 Ada variabel lingkungan/);
    expect(await said(['--data', path.join(directory, 'none'), 'check'])).toMatch(
      /^1 There is no data here\./,
    );
    const mistyped = ['copy-log', '-p', PROGRAMME, '--from', 'esbd://user:secret@x', '--to', directory];
    expect(await said(mistyped)).toMatch(/^2 An address of servers begins with esdb:\/\/(?!.*secret)/);
    expect(await said(['rebuild', 'nothing'])).toMatch(/^1 There is no such view\./);
    const held = await ImportCity.open({ directory: path.join(directory, 'held') });
    expect(await said(['--data', held.directory, 'rebuild'])).toMatch(
      /^3 Another process has the data directory/,
    );
    await held.jejak.close();
  }, 120_000);

  it('opens accounts with a password from standard input, and never from a prompt without a terminal', async () => {
    const create = (login: string, ...more: string[]) => [
      'account',
      'create',
      '--login',
      login,
      '--name',
      'Sari Dewi',
      ...more,
    ];
    const created = await apart(
      directory,
      create('sari', '--operator', '--password-stdin'),
      'kata-sandi-1\n',
    );
    expect(created).toMatchObject({ code: 0, err: '' });
    const subject = created.out.trim();
    const { credentials, guard, close } = await openBeside(directory);
    expect(await credentials.byLogin('SARI')).toMatchObject({ subject, name: 'Sari Dewi' });
    expect(await guard.rights(subject, 'installation')).toMatchObject({ operator: true });
    await close();
    expect((await apart(directory, create('budi'))).code).toBe(2);
    const short = await apart(directory, create('budi', '--password-stdin'), 'pendek\n');
    expect(short).toMatchObject({ code: 1, err: expect.stringContaining('password') as string });
    expect((await jejak(directory, create('Sari', '--no-password'))).code).toBe(1);
    expect(
      (await apart(directory, ['account', 'password', 'sari', '--password-stdin'], 'kata-sandi-2')).code,
    ).toBe(0);
    const listed = await jejak(directory, ['account', 'list']);
    expect(listed.out).toContain(`sari\tSari Dewi\t${subject}\topen, operator`);
    const again = await openBeside(directory);
    const kept = await again.credentials.byLogin('sari');
    expect(await passwordFits('kata-sandi-2', kept?.passwordHash)).toBe(true);
    await again.close();
    expect((await jejak(directory, ['account', 'revoke-operator', 'sari'])).code).toBe(0);
    expect((await jejak(directory, ['account', 'close', 'sari'])).code).toBe(0);
    const late = await jejak(directory, ['account', 'grant-operator', 'sari']);
    expect(late.err).toContain('a closed account stays closed');
  }, 120_000);

  it('says whose accounts are at the identity provider, and takes that back', async () => {
    const issuer = 'https://sso.test/realms/kota';
    const at = (...args: string[]) => jejak(directory, ['account', ...args], { JEJAK_OIDC_ISSUER: issuer });
    const create = (login: string, oidcSubject: string) =>
      at('create', '--login', login, '--name', login, '--service', '--oidc-subject', oidcSubject);
    const none = await jejak(directory, ['account', 'oidc-subject', 'office', 'x']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('no identity provider') as string });
    // No password is asked for: there is no terminal here to ask on.
    const created = await create('sp2d', 'treasury');
    expect(created).toMatchObject({ code: 0, err: '' });
    const line = `sp2d\tsp2d\t${created.out.trim()}\topen, service`;
    expect((await at('list')).out).toContain(`${line}\t${issuer} treasury\n`);
    expect((await create('lain', 'treasury')).err).toContain('Another account has this subject');
    expect((await at('oidc-subject', 'office', 'treasury')).code).toBe(1);
    expect((await at('oidc-subject', 'sp2d')).code).toBe(2);
    expect((await at('oidc-subject', 'sp2d', 'x', '--remove')).code).toBe(2);
    expect((await at('oidc-subject', 'sp2d', '--remove')).code).toBe(0);
    expect((await at('list')).out).toContain(`${line}\n`);
    expect((await at('oidc-subject', 'office', 'treasury')).out).toContain('are of this account now');
    const { credentials, close } = await openBeside(directory);
    expect((await credentials.byExternal({ issuer, subject: 'treasury' }))?.login).toBe('office');
    const log = await credentials.accessLog({ limit: 9 });
    expect(log.map(({ kind, subject, detail }) => [kind, subject, detail])).toEqual([
      ['external-set', 'cli', 'p-office'],
      ['external-removed', 'cli', created.out.trim()],
    ]);
    await close();
  }, 60_000);

  it('says whose accounts a history opened, and how they get a password; and its mistakes in the language asked for', async () => {
    const lines = (at: string) =>
      [
        {
          ...{ format: 'jejak-history', version: 1, programme: 'lama.2022' },
          accounts: [
            { subject: 'h-1', login: 'admin-lama', name: 'Admin', operator: true },
            { subject: 'h-2', login: 'kantor-lama', name: 'Kantor' },
          ],
        },
        {
          ...{ key: 'office', at, by: 'h-1', type: 'GrantRole', stream: 'access-lama.2022.h-2' },
          body: { role: 'office' },
        },
      ]
        .map((each) => JSON.stringify(each))
        .join('\n');
    const future = file('future.jsonl', lines('2999-01-01T00:00:00Z'));
    expect(await jejak(directory, ['--lang', 'id', 'import-history', future])).toMatchObject({
      code: 1,
      err: 'baris 2: 2999-01-01T00:00:00Z ada di masa depan\n',
    });
    const target = file('lama.jsonl', lines('2022-01-01T00:00:00Z'));
    const told = await jejak(directory, ['import-history', target]);
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out.trim().split('\n')).toEqual([
      'lama.2022: 1 commands carried out, 0 of them before.',
      'These accounts were opened, and have no password yet. Set one for each who is to sign in:',
      '  jejak account password admin-lama',
      '  jejak account password kantor-lama',
    ]);
    expect((await jejak(directory, ['import-history', target])).out.trim().split('\n')).toHaveLength(1);
  });

  it('exports to a file and to standard output, templates, and prints the past', async () => {
    const target = path.join(directory, 'out.xlsx');
    expect((await jejak(directory, ['export', 'all', '-p', PROGRAMME, '-o', target])).code).toBe(0);
    expect(
      (await jejak(directory, ['import', target, '-p', PROGRAMME, '--as', 'office', '--dry-run'])).out,
    ).toContain(`Budget lines: ${String(LINES)} rows: ${String(LINES)} there already`);
    const printed = await jejak(directory, [
      'export',
      'budget-lines',
      '-p',
      PROGRAMME,
      '--lang',
      'id',
      '--delimiter',
      ',',
    ]);
    expect(printed.out.split('\r\n')).toHaveLength(LINES + 2);
    expect(printed.out).toContain('Kode Mata Anggaran,Tahap,Uraian');
    expect((await jejak(directory, ['export', 'all', '-p', PROGRAMME, '--format', 'csv'])).code).toBe(2);
    const template = path.join(directory, 'isian.xlsx');
    expect((await jejak(directory, ['template', 'all', '-p', PROGRAMME, '-o', template])).code).toBe(0);
    expect((await jejak(directory, ['import', template, '-p', PROGRAMME, '--as', 'office'])).err).toContain(
      'headings but no rows',
    );
    const past = await jejak(directory, ['replay', '-p', PROGRAMME, '--known-at', '3', '--json']);
    expect(JSON.parse(past.out)).toMatchObject({
      index: 3,
      programme: PROGRAMME,
      budget: { total: { ceiling: 0 } },
    });
    expect((await jejak(directory, ['replay', '-p', PROGRAMME])).out).toContain('Rp 18.000.000.000');
    expect((await jejak(directory, ['replay', '-p', PROGRAMME, '--known-at', '9999'])).code).toBe(1);
    const { credentials, close } = await openBeside(directory);
    const log = await credentials.accessLog({ programme: PROGRAMME, limit: 9 });
    expect(
      log.map(({ kind, subject, detail }) => `${kind} ${subject ?? ''} ${detail.split(',')[0] ?? ''}`),
    ).toEqual(['export cli budget-lines csv', 'export cli all xlsx']);
    await close();
  }, 120_000);

  it('writes through the server that has the data directory, and backs up beside it', async () => {
    const running = await ImportCity.open({ directory: path.join(directory, 'running') });
    await running.apply(lines, {}, 'lines.csv');
    const served = await serveSocket(
      new JejakService(running.jejak),
      path.join(running.directory, FILES.socket),
    );
    try {
      const target = file('sp2d.csv', sp2d(200));
      const imported = await jejak(running.directory, [
        'import',
        target,
        '-p',
        PROGRAMME,
        '--as',
        'diskominfo',
      ]);
      expect(imported).toMatchObject({ code: 0, out: 'sp2d: 200 rows: 200 recorded\n' });
      const stream = await running.jejak.log.readStream(streamName('budget', PROGRAMME, 'L-0'));
      expect(stream.at(-1)?.event.meta.actor).toEqual({
        subject: 'p-diskominfo',
        role: 'officer',
        agency: 'diskominfo',
      });
      const created = await jejak(running.directory, [
        'account',
        'create',
        '--login',
        'baru',
        '--name',
        'Baru',
        '--no-password',
      ]);
      expect(await running.jejak.guard.isOpen(created.out.trim())).toBe(true);
      const backup = path.join(directory, 'backup');
      expect((await jejak(running.directory, ['backup', backup])).out).toMatch(
        /backup: [0-9]+ events, [0-9]+ files/,
      );
      const restored = path.join(directory, 'restored');
      expect((await jejak(restored, ['restore', backup])).code).toBe(0);
      expect((await jejak(restored, ['restore', backup])).code).toBe(1);
      expect((await jejak(restored, ['check'])).out).toContain('events: sound');
      expect((await jejak(restored, ['rebuild'])).code).toBe(0);
      expect((await jejak(restored, ['check', '--json'])).code).toBe(0);
    } finally {
      await served.close();
      await running.jejak.close();
    }
  }, 120_000);
});

describe('the language', () => {
  it.each([
    [{ LANG: 'id_ID.UTF-8' }, 'id'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'id_ID' }, 'id'],
    [{ LANG: 'id_ID.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANGUAGE: 'id:en', LANG: 'C' }, 'id'],
    [{ LANG: 'idx' }, 'en'],
    [{}, 'en'],
  ])('of %j is %s', (environment, language) => {
    expect(languageOf(environment)).toBe(language);
  });
});
