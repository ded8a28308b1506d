import { INSTALLATION, streamName } from '@jejak/core';
import { configFor, hashPassword, openJejak } from '@jejak/runtime';
import autocannon from 'autocannon';
import { BENCH_AGENCY, BENCH_PROGRAMME, disbursement, lineCode, setUpLines } from './command';
import { inDirectory, row, type Row, say, type Scale } from './measure';
import { type RunningServer, startApi, startProgram } from './server-process';

const CONNECTIONS = 64;
const LINES = 640;
const OFFICER = { subject: 'u-officer', login: 'officer', name: 'Officer', password: 'for measuring only' };

/** A data directory with a programme, budget lines, and an officer who can sign in. */
async function prepare(directory: string): Promise<void> {
  const jejak = await openJejak(configFor(directory), { worker: 'manual' });
  await setUpLines(jejak.commands, LINES);
  const { subject, login, name, password } = OFFICER;
  const common = { key: 'bench', correlationId: 'bench' };
  await jejak.commands.run({
    ...common,
    type: 'OpenAccount',
    stream: streamName('account', INSTALLATION, subject),
    body: { kind: 'person' },
    actor: { subject: 'cli', role: 'operator' },
  });
  await jejak.commands.run({
    ...common,
    type: 'GrantRole',
    stream: streamName('access', BENCH_PROGRAMME, subject),
    body: { role: 'officer', agency: BENCH_AGENCY },
    actor: { subject: 'u-office', role: 'office' },
  });
  await jejak.credentials.save({ subject, login, name, passwordHash: await hashPassword(password) });
  await jejak.project();
  await jejak.close();
}

async function signIn(url: string): Promise<string> {
  const { login, password } = OFFICER;
  const response = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  const { accessToken } = (await response.json()) as { accessToken?: string };
  if (accessToken === undefined) throw new Error(`signing in failed with ${String(response.status)}`);
  return accessToken;
}

interface Load {
  readonly rate: number;
  readonly p99: number;
}

let serial = 0;

async function load(server: RunningServer, seconds: number, token?: string): Promise<Load> {
  const run = (duration: number): Promise<autocannon.Result> =>
    autocannon({
      url: server.url,
      connections: CONNECTIONS,
      duration,
      requests: [
        {
          method: 'POST',
          setupRequest: (request) => {
            const n = serial++;
            const headers = {
              'content-type': 'application/json',
              'idempotency-key': `bench-${String(n)}`,
              ...(token !== undefined && { authorization: `Bearer ${token}` }),
            };
            const line = lineCode(n % LINES);
            const path = `/v1/programmes/${BENCH_PROGRAMME}/budget-lines/${line}/disbursements`;
            return { ...request, headers, path, body: JSON.stringify(disbursement(n)) };
          },
        },
      ],
    });
  await run(Math.max(2, seconds / 5));
  const result = await run(seconds);
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${String(result.non2xx)} answers were no success, ${String(result.errors)} none at all`);
  }
  return { rate: result.requests.average, p99: result.latency.p99 };
}

/** Authenticated, idempotent commands over HTTP, against a bare server on the same store. */
export async function httpRows({ seconds }: Scale): Promise<Row[]> {
  say(`http: ${String(CONNECTIONS)} connections, ${String(seconds)} s each`);
  const bare = await inDirectory(async (directory) => {
    const server = await startProgram('bare-server', directory);
    return load(server, seconds).finally(() => server.stop());
  });
  const ours = await inDirectory(async (directory) => {
    await prepare(directory);
    const server = await startApi(directory);
    return signIn(server.url)
      .then((token) => load(server, seconds, token))
      .finally(() => server.stop());
  });
  return [
    row('http', ours.rate, 'commands/s', bare.rate, { least: 0.5, text: ' of node:http' }),
    row('http-p99', ours.p99, 'ms', bare.p99, { most: 5, text: ' x its p99' }),
  ];
}
