import path from 'node:path';
import autocannon from 'autocannon';
import { CITY, disbursement, lineCode, prepareBudgetCity, signInOfficer } from '../support/budget-city';
import { type RunningServer, startApi, startProgram } from '../support/server-process';
import { inDirectory, row, type Row, say, type Scale } from './measure';

const CONNECTIONS = 64;
const LINES = 640;
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
            const path = `/v1/programmes/${CITY}/budget-lines/${line}/disbursements`;
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
    const server = await startProgram(path.join(__dirname, 'bare-server'), directory);
    return load(server, seconds).finally(() => server.stop());
  });
  const ours = await inDirectory(async (directory) => {
    await prepareBudgetCity(directory, LINES);
    const server = await startApi(directory);
    return signInOfficer(server.url)
      .then((token) => load(server, seconds, token))
      .finally(() => server.stop());
  });
  return [
    row('http', ours.rate, 'commands/s', bare.rate, { least: 0.5, text: ' of node:http' }),
    row('http-p99', ours.p99, 'ms', bare.p99, { most: 5, text: ' x its p99' }),
  ];
}
