import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { needs } from '../support/needs';
import { type City, city } from './support/city';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

const DOCUMENT = path.resolve(__dirname, '../../apps/api/openapi.json');
const SCHEMATHESIS = process.env.SCHEMATHESIS ?? 'schemathesis';
const found = spawnSync(SCHEMATHESIS, ['--version'], { stdio: 'ignore' }).status === 0;
const reason = 'schemathesis (PyPI) is not on PATH nor named by SCHEMATHESIS, so the API is not fuzzed';

/** The API document, fuzzed against the running server, as somebody of each kind. */
needs(
  'schemathesis',
  found,
  reason,
)('the API under fuzzing', () => {
  let running: Running;
  let malang: City;

  beforeAll(async () => {
    running = await startJejak(mode);
    malang = await city(running, 'fuzz');
  }, 60_000);
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  it.each(['office', 'officer', 'evaluator', 'anyone'] as const)(
    'has no answer of 500 or above for %s',
    async (who) => {
      const { token } = who === 'anyone' ? malang.anyone : malang.people[who];
      const checks = 'not_a_server_error';
      const args = [
        'run',
        DOCUMENT,
        '--url',
        running.url,
        '--checks',
        checks,
        '--phases',
        'coverage,fuzzing',
      ];
      const bounds = [
        '--max-examples',
        '8',
        '--seed',
        '20231109',
        '--max-time',
        '30',
        '--workers',
        '2',
        '--warnings',
        'off',
      ];
      // Signing out would end the session that the run goes on with; a password change, too.
      const left = ['--exclude-operation-id-regex', 'SignOut|ChangePassword'];
      const auth = token === undefined ? [] : ['-H', `Authorization: Bearer ${token}`];
      const run = promisify(execFile)(SCHEMATHESIS, [...args, ...bounds, ...left, ...auth], {
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, NO_COLOR: '1' },
        cwd: running.directory,
      });
      const printed = await run.then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stdout?: string }).stdout ?? String(error),
      );
      const [, failures = ''] = printed.split(/=+ FAILURES =+/);
      if (failures !== '') throw new Error(failures.slice(0, 6_000));
      // CPython 3.11 sometimes loses count while Hypothesis parses a lambda: that says nothing about the API.
      const errors = printed.match(/^ *Runtime Error\n\n.*$/gm) ?? [];
      expect(errors.filter((error) => !error.includes('AST constructor recursion depth'))).toEqual([]);
      expect(printed).toMatch(/Tested: +[1-9]/);
      expect(await malang.anyone.get('/health/live')).toMatchObject({ status: 200 });
    },
    180_000,
  );
});
