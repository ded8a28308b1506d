// The baseline of HTTP: node:http on the same store. It parses a body, appends an event and answers, and nothing more.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SqliteLog } from '@jejak/adapters/sqlite';
import { commandIdOf, type Envelope, eventIdOf } from '@jejak/core';
import { cityYear } from './history';

const log = SqliteLog.open({ file: path.join(process.argv[2] ?? '.', 'log.db'), clock: Date.now });
const [sample] = [...cityYear('bench.2023', 200)].slice(-1) as [Envelope];
const revisions = new Map<string, number>();

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as object;
    const line = /budget-lines\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? 'line';
    const stream = `budget-bench.2023.${line}`;
    const expected = revisions.get(stream) ?? -1;
    revisions.set(stream, expected + 1);
    const commandId = commandIdOf('u', stream, String(request.headers['idempotency-key']));
    const event = {
      id: eventIdOf(commandId, 0),
      type: 'BudgetDisbursed',
      version: 1,
      programme: 'bench.2023',
    };
    void log.append(stream, expected, [{ ...event, data: body, meta: sample.meta }]).then(({ events }) => {
      const [first] = events;
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ id: event.id, revision: first?.event.revision, position: first?.position }),
      );
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`Bare server listens on http://127.0.0.1:${String(port)}\n`);
});
process.on('SIGTERM', () => process.exit(0));
