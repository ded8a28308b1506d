import {
  commandIdOf,
  type CommandRunner,
  type Credentials,
  type EventLog,
  INSTALLATION,
  InvalidBody,
  isoMoment,
  type Json,
  KeyReused,
  type ProcessRunner,
  Refusal,
  streamName,
  type Submission,
} from '@jejak/core';
import { submit } from '../dispatch';
import { type Guard, NotAllowed } from '../guard';
import { type History, type HistoryCommand, HistoryError, resolveEvents } from './history-file';

/** What a history is put into. One clock drives its commands, the log's appender and its processes. */
export interface HistoryTarget {
  readonly log: EventLog;
  readonly commands: CommandRunner;
  readonly guard: Guard;
  readonly credentials: Credentials;
  /** started; drained after each command */
  readonly processes: ProcessRunner;
  /** sets the clock that log, guard and processes were opened with, in milliseconds */
  readonly setClock: (now: number) => void;
  /** the true time, in milliseconds */
  readonly now: () => number;
}

export interface ImportedHistory {
  readonly programme: string;
  readonly commands: number;
  /** commands that were there already, from a run that was cut off */
  readonly repeated: number;
  /** subjects that are new to the account directory */
  readonly opened: readonly string[];
}

/**
 * Carries out a history: for a programme without events, or with events of this file only, in which case it goes on
 * where it was cut off. Every event is marked as reconstructed and says when it was really written.
 *
 * @throws HistoryError `history-target-not-empty`, or with the line of a command that was refused; what came before
 *   that line stays, and the same file, put right from that line on, goes on from there
 */
export async function importHistory(
  { header, commands }: History,
  target: HistoryTarget,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ImportedHistory> {
  const there = await eventsOfFile(header.programme, commands, target.log);
  const opened = await openAccounts(header.accounts, target);
  const events = new Map<string, string>();
  let repeated = 0;
  for (const [n, command] of commands.entries()) {
    const at = isoMoment(Date.parse(command.at));
    target.setClock(Date.parse(command.at));
    const body = resolveEvents(command.body as Json, events, command.line);
    const receipt = await refusedWithLine(command, () =>
      submit(target.guard, target.commands, {
        caller: { subject: command.by, ...(command.agency !== undefined && { agency: command.agency }) },
        type: command.type,
        stream: command.stream,
        body,
        key: command.key,
        correlationId: commandIdOf(command.by, command.stream, command.key),
        reconstructed: { at, importedAt: isoMoment(target.now()) },
      }),
    );
    const [first] = receipt.events;
    if (first !== undefined) {
      events.set(command.key, first.id);
      if (there.has(first.id)) repeated++;
    }
    await target.processes.drain(header.programme);
    onProgress(n + 1, commands.length);
  }
  return { programme: header.programme, commands: commands.length, repeated, opened };
}

/** How a process gives its commands while a history runs: they are of the history, too. */
export function reconstructing(
  run: (submission: Submission) => ReturnType<CommandRunner['run']>,
  clock: () => number,
  now: () => number,
): (submission: Submission) => ReturnType<CommandRunner['run']> {
  return (submission) =>
    run({ ...submission, reconstructed: { at: isoMoment(clock()), importedAt: isoMoment(now()) } });
}

/** The ids of the programme's events, all of which must come from this file or from a process that answered it. */
async function eventsOfFile(
  programme: string,
  commands: readonly HistoryCommand[],
  log: EventLog,
): Promise<ReadonlySet<string>> {
  const expected = new Set(commands.map(({ by, stream, key }) => commandIdOf(by, stream, key)));
  const ids = new Set<string>();
  for await (const page of log.readProgramme(programme, 0)) {
    for (const { event } of page) {
      const answered = event.meta.origin === 'reconstructed' && event.meta.actor.role === 'process';
      if (!answered && !expected.has(event.meta.commandId)) {
        throw new HistoryError(
          'history-target-not-empty',
          `${programme} holds events that are not of this file`,
        );
      }
      ids.add(event.id);
    }
  }
  return ids;
}

async function openAccounts(
  accounts: History['header']['accounts'],
  target: HistoryTarget,
): Promise<string[]> {
  const opened: string[] = [];
  target.setClock(target.now());
  const give = (type: string, subject: string, body: Json): Promise<unknown> =>
    target.commands.run({
      type,
      stream: streamName('account', INSTALLATION, subject),
      body,
      key: `history ${type}`,
      actor: { subject: 'cli', role: 'operator' },
      correlationId: `history ${subject}`,
    });
  for (const { subject, login, name, operator } of accounts) {
    if (!(await target.guard.isOpen(subject))) await give('OpenAccount', subject, { kind: 'person' });
    if (operator === true) await give('GrantOperator', subject, {});
    if ((await target.credentials.bySubject(subject)) !== undefined) continue;
    await target.credentials.save({ subject, login, name });
    opened.push(subject);
  }
  return opened;
}

async function refusedWithLine<T>(command: HistoryCommand, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = error instanceof Refusal || error instanceof InvalidBody || error instanceof NotAllowed;
    if (!known && !(error instanceof KeyReused)) throw error;
    throw new HistoryError(error.code, `${command.type} was refused: ${error.message}`, command.line);
  }
}
