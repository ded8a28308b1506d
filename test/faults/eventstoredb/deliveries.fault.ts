import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import {
  canonical,
  CommandRunner,
  Contention,
  type Json,
  LogUnavailable,
  OutcomeUnknown,
  type Receipt,
  streamName,
  type Submission,
} from '@jejak/core';
import { MemoryBlocks, toyCatalogue, toyDeciders } from '@jejak/core/testing';
import { type Fate, StandIn } from '../../support/eventstoredb';
import { FaultProxy } from '../../support/fault-proxy';
import type { Fault, FaultOutcome } from '../registry';

const PROGRAMME = 'malang.2023';
const SENDERS = 48;
const PATIENCE = 1_000;

/** An append in so many has a fate of its own. */
const TROUBLED = 40;
const FATES: readonly Fate[] = [
  { answer: 'never' },
  { answer: 'cut' },
  { lost: true },
  { after: 40 },
  { commit: 25 },
];

/** After so many deliveries all connections are cut. */
const CUT_EVERY = 400;

interface Delivery {
  readonly n: number;
  readonly at: number;
}

/** Commands, each delivered one to five times, over two processes' logs and four runners, while appends go wrong. */
async function deliver(count: number): Promise<FaultOutcome> {
  const standIn = await StandIn.start();
  const proxy = await FaultProxy.start();
  proxy.leadTo(standIn.listensOn);
  const connectionString = `esdb://127.0.0.1:${String(proxy.port)}?tls=false`;
  const settings = { connectionString, clock: Date.now, reader: new MemoryBlocks(), patience: PATIENCE };
  const logs = [await EventStoreLog.open(settings), await EventStoreLog.open(settings)];
  const runners = [...logs, ...logs].map(
    (log) =>
      new CommandRunner({
        log,
        deciders: toyDeciders,
        catalogue: toyCatalogue,
        clock: Date.now,
        attempts: 50,
      }),
  );
  const commands = Array.from({ length: count }, (_, n) => commandOf(n, count));
  const answers: Receipt[][] = commands.map(() => []);
  const trouble = { unknown: 0, unavailable: 0, other: new Map<string, number>() };
  let appends = 0;
  standIn.fate = () => (++appends % TROUBLED === 0 ? FATES[(appends / TROUBLED) % FATES.length] : undefined);

  const queue = deliveriesOf(count);
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let delivery = queue[next++]; delivery !== undefined; delivery = queue[next++]) {
      if (next % CUT_EVERY === CUT_EVERY / 2) proxy.drop();
      const runner = runners[Math.floor(Math.random() * runners.length)] as CommandRunner;
      const answer = await answered(runner, commands[delivery.n] as Submission, trouble);
      if (answer !== undefined) answers[delivery.n]?.push(answer);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  standIn.fate = undefined;
  await standIn.halt();
  await standIn.resume();
  const violations = [...trouble.other].map(([what, times]) => `${String(times)} times: ${what}`);
  violations.push(...wrongWith(commands, answers, standIn));
  if (trouble.unknown === 0) violations.push('no outcome was unknown: nothing was tried');
  await Promise.all(logs.map((log) => log.close()));
  await proxy.close();
  await standIn.stop();
  process.stderr.write(
    `${String(count)} commands, delivered ${String(queue.length)} times: ${String(appends)} appends reached the ` +
      `server, ${String(trouble.unknown)} outcomes unknown, ${String(trouble.unavailable)} times unavailable\n`,
  );
  return { count, violations };
}

function commandOf(n: number, count: number): Submission {
  const streams = Math.max(4, Math.ceil(count / 40));
  return {
    type: n % 4 === 0 ? 'AddTwice' : 'Add',
    stream: streamName('counter', PROGRAMME, `c-${String(n % streams)}`),
    body: { by: 1 + (n % 9) },
    key: `key-${String(n)}`,
    actor: { subject: 'u-1', role: 'office' },
    correlationId: `request-${String(n)}`,
  };
}

/** Most copies come close together, some much later. */
function deliveriesOf(count: number): readonly Delivery[] {
  const random = (below: number): number => Math.floor(Math.random() * below);
  const deliveries = Array.from({ length: count }, (_, n) =>
    Array.from({ length: 1 + random(5) }, () => ({ n, at: n + random(random(4) === 0 ? count : 10) })),
  );
  return deliveries.flat().sort((a, b) => a.at - b.at);
}

/** Sends a command until it is answered: a sender that knows only that it has no answer repeats. */
async function answered(
  runner: CommandRunner,
  command: Submission,
  trouble: { unknown: number; unavailable: number; other: Map<string, number> },
): Promise<Receipt | undefined> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      return await runner.run(command);
    } catch (error) {
      if (error instanceof OutcomeUnknown) trouble.unknown++;
      else if (error instanceof LogUnavailable || error instanceof Contention) trouble.unavailable++;
      else {
        const what = String(error);
        trouble.other.set(what, (trouble.other.get(what) ?? 0) + 1);
        return undefined;
      }
    }
  }
  trouble.other.set('a command was never answered', 1);
  return undefined;
}

/** One answer to each command, and of each what it says, once, in the server's own log. */
function wrongWith(
  commands: readonly Submission[],
  answers: readonly (readonly Receipt[])[],
  standIn: StandIn,
): readonly string[] {
  const wrong: string[] = [];
  const expected = new Map<string, string>();
  for (const [n, command] of commands.entries()) {
    const texts = new Set(answers[n]?.map((answer) => canonical(answer as unknown as Json)));
    if (texts.size !== 1) wrong.push(`${command.key} has ${String(texts.size)} answers`);
    const events = answers[n]?.[0]?.events ?? [];
    if (events.length !== (command.type === 'AddTwice' ? 2 : 1)) wrong.push(`${command.key} is not whole`);
    for (const { id, revision } of events) expected.set(`${command.stream} ${String(revision)}`, id);
  }
  for (const stream of new Set(commands.map((command) => command.stream))) {
    for (const { id, revision } of standIn.stored(stream)) {
      const place = `${stream} ${String(revision)}`;
      if (expected.get(place) !== id)
        wrong.push(`${place} holds ${id}, answered was ${expected.get(place) ?? 'nothing'}`);
      expected.delete(place);
    }
  }
  for (const place of expected.keys()) wrong.push(`${place} was answered, and is not there`);
  return wrong;
}

export const faults: readonly Fault[] = [
  {
    name: 'commands delivered 1 to 5 times over EventStoreDB, appends cut, lost, unanswered: one effect, one answer',
    counts: { full: 10_000, share: 200 },
    run: deliver,
  },
];
