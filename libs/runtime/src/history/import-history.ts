import {
  type Actor,
  commandIdOf,
  type EventLog,
  INSTALLATION,
  InvalidBody,
  isoMoment,
  type Json,
  KeyReused,
  Refusal,
  type RuleText,
  streamName,
} from '@jejak/core';
import { CLI_SUBJECT } from '@jejak/domain';
import type { Config } from '../config';
import { submit } from '../dispatch';
import { NotAllowed } from '../guard';
import { type Jejak, openJejak } from '../jejak';
import { type History, type HistoryCommand, HistoryError, resolveEvents } from './history-file';

/** The clock of a history: the moment of its command, for commands, the log's appender and processes alike. */
class HistoryClock {
  private moment = Date.now();
  readonly now = (): number => this.moment;

  set(moment: number): void {
    this.moment = moment;
  }
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
 * Carries out a history, in a data directory that no server has open: for a programme without events, or with events
 * of this file only, in which case it goes on where it was cut off. Every event is marked as reconstructed and says
 * when it was really written. The views are folded at the end.
 *
 * @throws HistoryError `history-target-not-empty`, or with the line of a command that was refused; what came before
 *   that line stays, and the same file, put right from that line on, goes on from there; DataDirectoryLocked
 */
export async function importHistory(
  config: Config,
  { header, commands }: History,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ImportedHistory> {
  const clock = new HistoryClock();
  const reconstructed = (): { at: string; importedAt: string } => ({
    at: isoMoment(clock.now()),
    importedAt: isoMoment(Date.now()),
  });
  const jejak = await openJejak(config, {
    clock: clock.now,
    worker: 'manual',
    prepare: (submission) => ({ ...submission, reconstructed: reconstructed() }),
  });
  try {
    const there = await recordedActors(header.programme, commands, jejak.log);
    const opened = await openAccounts(header.accounts, jejak);
    const events = new Map<string, string>();
    let repeated = 0;
    for (const [n, command] of commands.entries()) {
      clock.set(Date.parse(command.at));
      const body = resolveEvents(command.body, events, command.line);
      const submission = {
        type: command.type,
        stream: command.stream,
        body,
        key: command.key,
        correlationId: commandIdOf(command.by, command.stream, command.key),
        reconstructed: reconstructed(),
      };
      // What is there already is a repeat, whatever became of its giver's role since.
      const actor = there.get(submission.correlationId);
      const caller = { subject: command.by, ...(command.agency !== undefined && { agency: command.agency }) };
      const receipt = await refusedWithLine(command, () =>
        actor === undefined
          ? submit(jejak, { ...submission, caller })
          : jejak.commands.run({ ...submission, actor }),
      );
      const [first] = receipt.events;
      if (first !== undefined) events.set(command.key, first.id);
      if (actor !== undefined) repeated++;
      await jejak.drain(header.programme);
      onProgress(n + 1, commands.length);
    }
    await jejak.project();
    return { programme: header.programme, commands: commands.length, repeated, opened };
  } finally {
    await jejak.close();
  }
}

/**
 * Who gave the commands that are there already, by command id. All the programme's events must come from this file, or
 * from a process, which answers events by itself.
 */
async function recordedActors(
  programme: string,
  commands: readonly HistoryCommand[],
  log: EventLog,
): Promise<ReadonlyMap<string, Actor>> {
  const expected = new Set(commands.map(({ by, stream, key }) => commandIdOf(by, stream, key)));
  const actors = new Map<string, Actor>();
  for await (const page of log.readProgramme(programme, 0)) {
    for (const { event } of page) {
      const { actor, commandId } = event.meta;
      if (actor.role === 'process') continue;
      if (!expected.has(commandId)) {
        throw new HistoryError('history-target-not-empty', {
          en: `${programme} holds events that are not of this file`,
          id: `${programme} berisi kejadian yang bukan dari berkas ini`,
        });
      }
      actors.set(commandId, actor);
    }
  }
  return actors;
}

async function openAccounts(accounts: History['header']['accounts'], jejak: Jejak): Promise<string[]> {
  const opened: string[] = [];
  const give = (type: string, subject: string, body: Json): Promise<unknown> =>
    jejak.commands.run({
      type,
      stream: streamName('account', INSTALLATION, subject),
      body,
      key: `history ${type}`,
      actor: { subject: CLI_SUBJECT, role: 'operator' },
      correlationId: `history ${subject}`,
    });
  for (const { subject, login, name, operator } of accounts) {
    if (!(await jejak.guard.isOpen(subject))) await give('OpenAccount', subject, { kind: 'person' });
    if (operator === true) await give('GrantOperator', subject, {});
    if ((await jejak.credentials.bySubject(subject)) !== undefined) continue;
    await jejak.credentials.save({ subject, login, name });
    opened.push(subject);
  }
  return opened;
}

async function refusedWithLine<T>(command: HistoryCommand, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const why = reasons(error);
    const en = `${command.type} was refused: ${why.en}`;
    throw new HistoryError(error.code, { en, id: `${command.type} ditolak: ${why.id}` }, command.line);
  }
}

type Refused = Refusal | InvalidBody | NotAllowed | KeyReused;

function isRefusal(error: unknown): error is Refused {
  const kinds = [Refusal, InvalidBody, NotAllowed, KeyReused];
  return kinds.some((kind) => error instanceof kind);
}

function reasons(error: Refused): RuleText {
  if (error instanceof Refusal) return { en: error.message, id: error.sentence('id') };
  if (error instanceof InvalidBody) {
    const id = error.issues.map(({ field, message }) => `${field}: ${message.id}`).join('; ');
    return { en: error.message, id };
  }
  if (error instanceof NotAllowed) {
    return { en: error.message, id: `${error.what} memerlukan salah satu peran ${error.roles.join(', ')}` };
  }
  return { en: error.message, id: 'kunci ini sudah dipakai untuk perintah lain' };
}
