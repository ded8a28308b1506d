import { readConfig } from '@jejak/runtime';
import { streamName } from '@jejak/core';
import type { Message } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openServers } from '../../../libs/runtime/src/distributed/servers';
import { wire } from '../../../libs/runtime/src/wire';
import { openAccountOf, PASSWORD } from '../../support/accounts';
import { AGENCY, CITY, disbursement, lineCode, setUpLines } from '../../support/budget-city';
import { type Fate, StandIn } from '../../support/eventstoredb';
import { freshDatabase, withDatabase } from '../../support/mongo';
import { serverAddress } from '../../support/servers';
import type { Fault, FaultOutcome } from '../registry';
import { Program } from '../whole/program';
import { Treasury } from './treasury';

const LINES = 16;

/** A command in so many is refused by a rule: its line was never allocated. */
const REFUSED_EACH = 10;

/** Commands to one kill of a worker. */
const KILL_EACH = 500;

/** The last ones leave a worker waiting until it gives them up. */
const FATES: readonly Fate[] = [
  { answer: 'cut' },
  { after: 40 },
  { commit: 25 },
  { answer: 'never' },
  { lost: true },
];

/** Milliseconds without any answer after which nothing more is waited for. */
const PATIENCE = 90_000;

/** Commands, each delivered one to five times, to two workers that are killed at any moment, while appends go wrong. */
async function deliver(count: number): Promise<FaultOutcome> {
  const standIn = await StandIn.start();
  const [kafka, mongo] = await Promise.all([serverAddress('kafka'), serverAddress('mongodb')]);
  const database = freshDatabase(mongo);
  const prefix = `t${randomUUID().slice(0, 8)}`;
  const environment = {
    ...{
      PATH: process.env.PATH,
      JEJAK_MODE: 'distributed',
      JEJAK_KAFKA_PREFIX: prefix,
      JEJAK_PARTITIONS: '4',
    },
    ...{ JEJAK_ACCESS_TOKEN_SECONDS: '86400', JEJAK_KAFKA_SESSION_MILLISECONDS: '2000' },
    ...{ KAFKA_BROKERS: kafka, MONGODB_URL: database, EVENTSTORE_URL: standIn.address },
  };
  const { config } = readConfig(environment);
  const servers = await openServers(config, Date.now);
  const violations: string[] = [];
  const workers = [1, 2].map(
    (n) =>
      new Program(`worker ${String(n)}`, 'apps/worker/src/main.js', [], environment, {}, (what) =>
        violations.push(what),
      ),
  );
  const treasury = new Treasury(kafka, prefix);
  try {
    const jejak = await wire(config, Date.now, servers);
    await setUpLines(jejak.commands, LINES);
    await openAccountOf(jejak, 'treasury', 'service', { programme: CITY, role: 'officer', agency: AGENCY });
    const { accessToken } = await jejak.identity.signIn('treasury', PASSWORD);
    workers.forEach((worker) => worker.start());
    await treasury.open();

    const troubled = count >= 1_000 ? 200 : 30;
    let appends = 0;
    standIn.fate = () =>
      ++appends % troubled === 0 ? FATES[(appends / troubled - 1) % FATES.length] : undefined;
    const copies = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * 5));
    const deliveries = shuffled(copies);
    const sending = (async () => {
      for (let at = 0; at < deliveries.length; at += 50)
        await treasury.send(deliveries.slice(at, at + 50).map((n) => messageOf(n, accessToken)));
    })();
    const kills = Math.max(1, Math.floor(count / KILL_EACH));
    for (let kill = 1; kill <= kills; kill++) {
      const share = (kill / (kills + 1)) * deliveries.length;
      if (!(await progresses(treasury, () => treasury.answered >= share))) break;
      const worker = workers[kill % 2] as Program;
      await worker.end('SIGKILL');
      await sleep(Math.random() * 1_000);
      worker.start();
    }
    await sending;
    await progresses(treasury, () => copies.every((times, n) => treasury.answersTo(idOf(n)).length >= times));
    standIn.fate = undefined;
    violations.push(...wrongAnswers(treasury, copies), ...wrongEffects(treasury, copies, standIn));
    process.stderr.write(
      `${String(count)} commands, delivered ${String(deliveries.length)} times, answered ${String(treasury.answered)} ` +
        `times; ${String(appends)} appends, one in ${String(troubled)} went wrong; ${String(kills)} kills\n`,
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await treasury.close();
    await servers.close();
    await standIn.stop();
    await withDatabase(database, (db) => db.dropDatabase());
  }
  return { count, violations };
}

const idOf = (n: number): string => `command-${String(n)}`;
const isRefused = (n: number): boolean => n % REFUSED_EACH === REFUSED_EACH - 1;

function messageOf(n: number, token: string): Message {
  const stream = streamName('budget', CITY, isRefused(n) ? `nowhere-${String(n)}` : lineCode(n % LINES));
  return {
    key: stream,
    value: JSON.stringify(disbursement(n)),
    headers: {
      ...{ ce_specversion: '1.0', ce_id: idOf(n), ce_source: 'treasury', ce_type: 'DisburseBudget' },
      ...{ ce_subject: stream, 'content-type': 'application/json', 'idempotency-key': `key-${String(n)}` },
      authorization: `Bearer ${token}`,
    },
  };
}

/** Every copy of each: most come close together, some much later. */
function shuffled(copies: readonly number[]): readonly number[] {
  const random = (below: number): number => Math.floor(Math.random() * below);
  return copies
    .flatMap((times, n) =>
      Array.from({ length: times }, () => ({ n, at: n + random(random(4) === 0 ? copies.length : 10) })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ n }) => n);
}

/** Waits until it is so; false where no answer comes any more. */
async function progresses(treasury: Treasury, isSo: () => boolean): Promise<boolean> {
  let seen = treasury.answered;
  let since = Date.now();
  while (!isSo()) {
    if (treasury.answered > seen) {
      seen = treasury.answered;
      since = Date.now();
    }
    if (Date.now() - since > PATIENCE) return false;
    await sleep(20);
  }
  return true;
}

/** To each delivery an answer at least, and to each command only one. */
function wrongAnswers(treasury: Treasury, copies: readonly number[]): readonly string[] {
  return copies.flatMap((times, n) => {
    const answers = treasury.answersTo(idOf(n));
    const wrong: string[] = [];
    if (answers.length < times)
      wrong.push(`${idOf(n)} came ${String(times)} times, and was answered ${String(answers.length)} times`);
    const texts = new Set(answers);
    if (texts.size > 1)
      wrong.push(`${idOf(n)} has different answers: ${[...texts].join(' and ').slice(0, 500)}`);
    const { problem } = JSON.parse(answers[0] ?? '{}') as { problem?: { code: string } };
    const expected = isRefused(n) ? 'line-not-allocated' : undefined;
    if (problem?.code !== expected)
      wrong.push(`${idOf(n)} was answered ${problem?.code ?? 'with a receipt'}`);
    return wrong;
  });
}

/** Of each accepted command its event, once, in the server's own log, and nothing else. */
function wrongEffects(treasury: Treasury, copies: readonly number[], standIn: StandIn): readonly string[] {
  const missing = new Map<string, string>();
  for (const n of copies.keys()) {
    const { receipt } = JSON.parse(treasury.answersTo(idOf(n))[0] ?? '{}') as {
      receipt?: { stream: string; events: readonly { id: string; revision: number }[] };
    };
    for (const { id, revision } of receipt?.events ?? [])
      missing.set(`${receipt?.stream ?? ''} ${String(revision)}`, id);
  }
  const wrong: string[] = [];
  for (let line = 0; line < LINES; line++) {
    const stream = streamName('budget', CITY, lineCode(line));
    for (const { id, revision } of standIn.stored(stream)) {
      // The line's allocation is the first.
      if (revision === 0) continue;
      const place = `${stream} ${String(revision)}`;
      if (missing.get(place) !== id)
        wrong.push(`${place} holds ${id}, answered was ${missing.get(place) ?? 'nothing'}`);
      missing.delete(place);
    }
  }
  return [...wrong, ...[...missing.keys()].map((place) => `${place} was answered, and is not there`)];
}

export const faults: readonly Fault[] = [
  {
    name: 'commands over Kafka delivered 1 to 5 times, workers killed, appends cut, lost, unanswered: one effect, one answer',
    counts: { full: 10_000, share: 100 },
    tools: ['kafka', 'mongodb', 'eventstoredb'],
    run: deliver,
  },
];
