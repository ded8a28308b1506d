import {
  type AccountRecord,
  type Clock,
  CommandRunner,
  type Credentials,
  type EventLog,
  ExternalTaken,
  INSTALLATION,
  LoginTaken,
  ProgrammeClosed,
  streamName,
} from '@jejak/core';
import { type AccessState, type AccountState, catalogue, CLI_SUBJECT, deciders } from '@jejak/domain';
import type { Named } from './named';
import { CopyRefused } from './refused';

/** What became of somebody whom a programme's events name. */
export interface CopiedPerson {
  readonly subject: string;
  /** in the source */
  readonly login: string;
  /**
   * `opened`: an account in the target, with the password of the source; `there`: it was there before, and is as it was;
   * `named`: no account, since nobody could sign in with it, but the name that events are shown with
   */
  readonly outcome: 'opened' | 'there' | 'named';
  /** what to sign in with in the target, where it is another: the login was taken there */
  readonly renamed?: string;
  /** the identity at a provider that another account of the target has; it did not come along */
  readonly externalTaken?: true;
}

interface Installation {
  readonly log: EventLog;
  readonly credentials: Credentials;
}

/**
 * Brings the people of a programme into the target's directory, under their subjects, and opens an account for each who
 * holds a role and can sign in at the source. What the target has of somebody stays as it is.
 *
 * @throws CopyRefused `installation-first`
 */
export async function copyPeople(
  programme: string,
  named: Named,
  source: Installation,
  target: Installation,
  clock: Clock,
): Promise<readonly CopiedPerson[]> {
  const [here, there] = [source, target].map(
    ({ log }) => new CommandRunner({ log, deciders, catalogue, clock }),
  ) as [CommandRunner, CommandRunner];
  const people: CopiedPerson[] = [];
  for (const record of await source.credentials.accounts()) {
    const folded = record.subject.toLowerCase();
    if (isForgotten(record) || !(named.granted.has(folded) || named.acted.has(folded))) continue;
    const { subject, login, name } = record;
    const stream = streamName('account', INSTALLATION, subject);
    const account = (await here.read(stream)).state as AccountState;
    const kept = await target.credentials.bySubject(subject);
    if (account.status !== 'open' || !(await holdsRole(here, programme, subject))) {
      if (kept === undefined && name !== undefined)
        await target.credentials.save({ subject, login: '', name });
      people.push({ subject, login, outcome: kept === undefined ? 'named' : 'there' });
      continue;
    }
    const isOpened = (await there.read(stream)).revision >= 0;
    const nameOnly = kept?.login === '' && kept.name !== undefined && !isOpened;
    const now = kept === undefined || nameOnly ? await keep(target.credentials, record, programme) : kept;
    if (!isOpened && !isForgotten(now)) await open(there, stream, account.kind, originOf(source.log));
    people.push({
      subject,
      login,
      outcome: isOpened ? 'there' : 'opened',
      ...(now.login !== login && now.login !== '' && { renamed: now.login }),
      ...(record.external !== undefined && now.external === undefined && { externalTaken: true }),
    });
  }
  return people;
}

/** Brings everybody of an installation: its events, which open the accounts, were copied. */
export async function copyDirectory(
  source: Credentials,
  target: Credentials,
): Promise<readonly CopiedPerson[]> {
  const people: CopiedPerson[] = [];
  for (const record of await source.accounts()) {
    const { subject, login } = record;
    if ((await target.bySubject(subject)) !== undefined) {
      people.push({ subject, login, outcome: 'there' });
      continue;
    }
    const now = await keep(target, record, INSTALLATION);
    const renamed = now.login === login ? {} : { renamed: now.login };
    people.push({ subject, login, outcome: 'opened', ...renamed });
  }
  return people;
}

/**
 * Refuses subjects that are accounts in both installations, and not the same one: what was granted to the source's would
 * be the target's. The same one was copied with `installation`, or opened when one of its programmes moved.
 *
 * @param subjects folded, as in the names of streams
 * @throws CopyRefused `subject-taken`
 */
export async function refuseStrangers(
  subjects: Iterable<string>,
  source: EventLog,
  target: EventLog,
): Promise<void> {
  for (const subject of subjects) {
    const stream = streamName('account', INSTALLATION, subject);
    const [[here], [there]] = await Promise.all([source.readStream(stream), target.readStream(stream)]);
    if (there === undefined || there.event.id === here?.event.id) continue;
    if (there.event.meta.correlationId === originOf(source)) continue;
    if (here?.event.meta.correlationId === originOf(target)) continue;
    throw new CopyRefused('subject-taken', { subject });
  }
}

/** Names the installation that an account was opened for, in the event that opened it. */
const originOf = ({ logId }: EventLog): string => `copy-log ${logId}`;

const isForgotten = ({ login, name }: AccountRecord): boolean => login === '' && name === undefined;

async function holdsRole(commands: CommandRunner, programme: string, subject: string): Promise<boolean> {
  const state = (await commands.read(streamName('access', programme, subject))).state as AccessState;
  return state.status !== 'absent' && state.grants.length > 0;
}

/** Keeps an account's record; under another login where its own is taken, so that nobody is lost. */
async function keep(target: Credentials, record: AccountRecord, programme: string): Promise<AccountRecord> {
  let wanted = record;
  for (let n = 1; ;) {
    try {
      await target.save(wanted);
      return wanted;
    } catch (error) {
      if (error instanceof ExternalTaken) {
        const { external: _taken, ...rest } = wanted;
        wanted = rest;
      } else if (error instanceof LoginTaken) {
        wanted = { ...wanted, login: `${record.login}@${programme}${n === 1 ? '' : `-${String(n)}`}` };
        n++;
      } else throw error;
    }
  }
}

async function open(
  commands: CommandRunner,
  stream: string,
  kind: 'person' | 'service',
  key: string,
): Promise<void> {
  try {
    await commands.run({
      ...{ type: 'OpenAccount', stream, body: { kind }, key, correlationId: key },
      actor: { subject: CLI_SUBJECT, role: 'operator' },
    });
  } catch (error) {
    if (error instanceof ProgrammeClosed) throw new CopyRefused('installation-first');
    throw error;
  }
}
