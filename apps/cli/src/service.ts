import path from 'node:path';
import {
  type Beside,
  type Caller,
  type Config,
  FILES,
  type Jejak,
  JejakService,
  type LocalService,
  openBeside,
  openByMode,
  openJejak,
  reading,
  SocketClient,
} from '@jejak/runtime';
import type { Context } from './context';
import { Refused } from './errors';

/**
 * Does something that writes: on one machine through the server that has the data directory, or by taking it for the
 * time being; on many as one more process that appends to the log.
 *
 * @throws DataDirectoryLocked where another process has it that serves no socket
 */
export async function withService<T>(
  { config, err, say }: Context,
  work: (service: LocalService) => Promise<T>,
): Promise<T> {
  if (config.mode === 'distributed') return withJejak(config, (jejak) => work(new JejakService(jejak)));
  const client = await SocketClient.connect(path.join(config.dataDirectory, FILES.socket));
  if (client !== undefined) {
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }
  const jejak = await openJejak(config, {
    worker: 'manual',
    onDiscarded: (reason) => {
      const en = 'The stored views could not be used, and are built anew at the next start.';
      const id = 'Tampilan tersimpan tidak dapat dipakai, dan dibangun ulang saat server dimulai.';
      err(`${say({ en, id })} (${reason})`);
    },
  });
  try {
    return await work(new JejakService(jejak));
  } finally {
    await jejak.close();
  }
}

/** Does something that only reads. */
export async function withBeside<T>({ config }: Context, work: (beside: Beside) => Promise<T>): Promise<T> {
  if (config.mode === 'distributed')
    return withJejak(config, (jejak) => work({ ...reading(jejak), close: () => Promise.resolve() }));
  const beside = await openBeside(config.dataDirectory);
  try {
    return await work(beside);
  } finally {
    await beside.close();
  }
}

async function withJejak<T>(config: Config, work: (jejak: Jejak) => Promise<T>): Promise<T> {
  const jejak = await openByMode(config, { worker: 'manual' });
  try {
    return await work(jejak);
  } finally {
    await jejak.close();
  }
}

/** @throws Refused on many machines, for what is done to a data directory */
export function mustBeOneMachine({ config }: Context): void {
  if (config.mode === 'embedded') return;
  throw new Refused({
    en: 'This is done to a data directory, on one machine. On many, each server is backed up by its own means, and views are rebuilt by the workers.',
    id: 'Ini dilakukan pada direktori data, di satu mesin. Di banyak mesin, tiap server dicadangkan dengan caranya sendiri, dan tampilan dibangun ulang oleh worker.',
  });
}

/**
 * The subject of a login, or of a subject itself.
 *
 * @throws Refused where there is none
 */
export async function subjectOf(
  login: string,
  { credentials }: Pick<Beside, 'credentials'>,
): Promise<string> {
  const account = (await credentials.byLogin(login)) ?? (await credentials.bySubject(login));
  if (account !== undefined) return account.subject;
  throw new Refused({ en: `There is no account ${login}.`, id: `Tidak ada akun ${login}.` });
}

/** Who a command is given as. */
export async function callerOf(
  { as, agency }: { readonly as: string; readonly agency?: string | undefined },
  beside: Pick<Beside, 'credentials'>,
): Promise<Caller> {
  const subject = await subjectOf(as, beside);
  return { subject, ...(agency !== undefined && { agency }) };
}
