import fs from 'node:fs';
import path from 'node:path';
import { SqliteCredentials } from '@jejak/adapters/sqlite';
import {
  type Clock,
  CommandRunner,
  type Credentials,
  type EventLog,
  isoMoment,
  type ProgrammeEvent,
} from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { NotFound, type Query, views } from '@jejak/views';
import { type Answered, InvalidParams, knownAtOf, lastIndexIs, validParams } from './ask/ask';
import { Past } from './ask/past';
import { Guard } from './guard';
import { FILES, openReadOnlyLog } from './stores';

/** There is nothing to read in the data directory. */
export class NoData extends Error {
  readonly code = 'no-data';
}

/** An installation as seen by a process that reads it from the log, beside those that serve it or while none does. */
export interface Beside {
  readonly log: EventLog;
  readonly guard: Guard;
  readonly credentials: Credentials;
  /**
   * Answers a question from the log itself, so that it does not matter how far the stored views have come.
   *
   * @param knownAt an index, or a moment (ISO 8601): what was known then
   * @throws InvalidParams, NotFound
   */
  answer<P, A>(
    query: Query<P, A>,
    programme: string,
    params: unknown,
    knownAt?: string,
  ): Promise<Answered<A>>;
  close(): Promise<void>;
}

/**
 * Opens an installation for reading. Accounts are opened as they are by everybody, since the access log is written.
 *
 * @throws NoData where there is no log; UnsafeDatabase
 */
export async function openBeside(directory: string): Promise<Beside> {
  if (!fs.existsSync(path.join(directory, FILES.log)))
    throw new NoData(`${directory} holds no data of Jejak`);
  const log = openReadOnlyLog(directory);
  const clock = Date.now;
  try {
    const credentials = SqliteCredentials.open({ file: path.join(directory, FILES.accounts) });
    const commands = new CommandRunner({ log, deciders, catalogue, clock });
    const guard = new Guard({ commands, deciders, credentials, clock });
    return {
      ...reading({ log, credentials, guard, clock }),
      async close() {
        await credentials.close();
        await log.close();
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Reads an installation from its log, with what is open of it. */
export function reading({
  log,
  credentials,
  guard,
  clock,
}: Pick<Beside, 'log' | 'credentials' | 'guard'> & { readonly clock: Clock }): Omit<Beside, 'close'> {
  const past = new Past({ log, views, catalogue, kept: 1 });
  return {
    log,
    guard,
    credentials,
    async answer(query, programme, given, knownAt) {
      const params = validParams(query, given);
      const head = await log.head(programme);
      if (head === undefined) throw new NotFound(`there is no programme ${programme}`);
      const names = [...new Set(query.needs(params).map(({ view }) => view))];
      const known = knownAt === undefined ? { index: head.index } : knownAtOf(knownAt);
      if ('index' in known && known.index > head.index) {
        throw new InvalidParams([{ field: 'knownAt', message: lastIndexIs(head.index) }]);
      }
      const { documents, index } = await past.at(programme, names, known);
      if (index === -1) throw new NotFound(`nothing of ${programme} was known then`);
      const answer = query.answer(documents, params, { programme, index, now: isoMoment(clock()) });
      let last: ProgrammeEvent | undefined;
      for await (const page of log.readProgramme(programme, index, index)) last = page[0];
      return { answer, index, asOf: last?.event.recordedAt ?? '' };
    },
  };
}
