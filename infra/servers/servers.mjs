// The servers of an installation of many machines, on this one: for tests, and for trying things out.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasStandIn, startEventstoredb } from './eventstoredb.mjs';
import { startKafka } from './kafka.mjs';
import { startMongodb } from './mongodb.mjs';
import { birthOf, end, isAlive, locked } from './processes.mjs';
import { here, lacks, Missing, provision } from './provision.mjs';

const USAGE = `Usage: servers.mjs provision | start | stop | kill | status | lacks  [kafka] [mongodb] [eventstoredb]
  --state DIRECTORY       where pids, logs and data are kept (infra/servers/running)
  --while PID             stop the servers by themselves when that process is gone
  --port N                with one server: the port that it listens on (a free one)
  --advertised-port N     kafka: the port that clients are sent to, where a proxy stands before it
  --secure USER:PASSWORD  kafka: by TLS and with a password; the certificate is in DIRECTORY/kafka/ca.pem
  --file FILE             mongodb, eventstoredb: keep the data in this file (in memory)`;

const servers = {
  kafka: { start: startKafka, variable: 'KAFKA_BROKERS' },
  mongodb: { start: startMongodb, variable: 'MONGODB_URL' },
  eventstoredb: { start: startEventstoredb, variable: 'EVENTSTORE_URL' },
};

const { positionals, values } = readArguments();
const [command, ...named] = positionals;
const state = path.resolve(values.state ?? path.join(here, 'running'));
const names =
  named.length > 0 ? named : Object.keys(servers).filter((n) => n !== 'eventstoredb' || hasStandIn());

function readArguments() {
  const text = { type: 'string' };
  const options = { state: text, while: text, port: text, 'advertised-port': text, secure: text, file: text };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return usage(error.message);
  }
}

function usage(why) {
  process.stderr.write(`${why ? `${why}\n` : ''}${USAGE}\n`);
  process.exit(2);
}

const record = (name) => path.join(state, `${name}.json`);

/** What is known of a server that runs; undefined where none does. */
function running(name) {
  if (!fs.existsSync(record(name))) return undefined;
  const known = JSON.parse(fs.readFileSync(record(name), 'utf8'));
  return isAlive(known.pid) && birthOf(known.pid) === known.birth ? known : undefined;
}

const line = (name, { address }) => `${servers[name].variable}=${address}`;

async function start(name) {
  const number = (value) => (value === undefined ? undefined : Number(value));
  return locked(path.join(state, `${name}.lock`), async () => {
    const known = running(name);
    if (known !== undefined) return known;
    const started = await servers[name].start(path.join(state, name), {
      port: number(values.port),
      advertisedPort: number(values['advertised-port']),
      secure: values.secure,
      file: values.file,
    });
    fs.writeFileSync(record(name), JSON.stringify({ ...started, birth: birthOf(started.pid) }));
    return started;
  });
}

async function stop(name, signal = 'SIGTERM') {
  const known = running(name);
  if (known !== undefined) await end(known.pid, signal);
  fs.rmSync(record(name), { force: true });
}

/** Leaves a process behind that stops the servers when another one is gone. */
function watch(pid) {
  const args = [fileURLToPath(import.meta.url), 'watch', '--while', pid, '--state', state];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref();
}

async function watching(pid) {
  while (isAlive(pid)) {
    if (!fs.existsSync(state)) return;
    await sleep(500);
  }
  await Promise.all(Object.keys(servers).map((name) => stop(name, 'SIGKILL')));
  fs.rmSync(state, { recursive: true, force: true });
}

async function main() {
  if (names.some((name) => !(name in servers))) usage(`There is no server ${names.join(', ')}.`);
  if (values.port !== undefined && names.length !== 1) usage('A port belongs to one server.');
  switch (command) {
    case 'provision':
      return provision();
    case 'lacks':
      if (names.some((name) => name !== 'eventstoredb')) process.stdout.write(lacks() ?? '');
      return;
    case 'start': {
      fs.mkdirSync(state, { recursive: true });
      const started = await Promise.all(names.map(async (name) => line(name, await start(name))));
      process.stdout.write(`${started.join('\n')}\n`);
      if (values.while !== undefined && !fs.existsSync(path.join(state, 'watched'))) {
        fs.writeFileSync(path.join(state, 'watched'), values.while);
        watch(values.while);
      }
      return;
    }
    case 'stop':
      await Promise.all(names.map((name) => stop(name)));
      return;
    case 'kill':
      await Promise.all(names.map((name) => stop(name, 'SIGKILL')));
      return;
    case 'status':
      for (const name of names) {
        const known = running(name);
        process.stdout.write(known ? `${line(name, known)} pid ${known.pid}\n` : `${name} does not run\n`);
      }
      return;
    case 'watch':
      return watching(Number(values.while));
    default:
      usage();
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Missing ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
