import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseStream } from '@jejak/core';
import type { Config } from '../config';
import { syncDirectory } from '../durable';
import { openJejak } from '../jejak';
import { hashPassword } from '../passwords';
import { type History, parseHistory } from './history-file';
import { importHistory } from './import-history';

const ACCOUNTS = 'sample-accounts.json';

/** The accounts of the sample, for the person who tries it out: kept in the data directory, readable by its owner. */
export interface SampleAccounts {
  /** one for all of them, made up when the sample was loaded */
  readonly password: string;
  readonly accounts: readonly { readonly login: string; readonly name: string; readonly role: string }[];
}

/** Whether a data directory is not there, or holds nothing. */
export function isEmptyDirectory(directory: string): boolean {
  return !fs.existsSync(directory) || fs.readdirSync(directory).length === 0;
}

/**
 * Loads a history as the sample of an empty data directory, with a password for its accounts. It is built in a
 * directory beside and renamed in, so that a start that is cut off leaves nothing half done.
 *
 * @param file the history, as JSON lines
 */
export async function loadSample(
  config: Config,
  file: string,
  onProgress?: (done: number, total: number) => void,
): Promise<SampleAccounts> {
  const target = config.dataDirectory;
  const parent = path.dirname(target);
  fs.mkdirSync(parent, { recursive: true });
  for (const name of fs.readdirSync(parent)) {
    if (name.startsWith(`${path.basename(target)}.sample-`))
      fs.rmSync(path.join(parent, name), { recursive: true });
  }
  const beside = fs.mkdtempSync(`${target}.sample-`);
  const building = { ...config, dataDirectory: beside };
  const history = parseHistory(fs.readFileSync(file, 'utf8'), Date.now());
  await importHistory(building, history, onProgress);
  const password = madeUpPassword();
  const passwordHash = await hashPassword(password);
  const jejak = await openJejak(building, { worker: 'manual' });
  for (const { subject, login, name } of history.header.accounts) {
    await jejak.credentials.save({ subject, login, name, passwordHash });
  }
  await jejak.close();
  const accounts = history.header.accounts.map(({ subject, login, name, operator }) => {
    return { login, name, role: operator === true ? 'operator' : rolesOf(history, subject) };
  });
  fs.writeFileSync(path.join(beside, ACCOUNTS), JSON.stringify({ password, accounts }, null, 2), {
    mode: 0o600,
  });
  if (fs.existsSync(target)) fs.rmdirSync(target);
  syncDirectory(beside);
  fs.renameSync(beside, target);
  syncDirectory(parent);
  return { password, accounts };
}

/** The sample's accounts, or undefined where the data directory does not hold the sample. */
export function readSampleAccounts(directory: string): SampleAccounts | undefined {
  const file = path.join(directory, ACCOUNTS);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as SampleAccounts) : undefined;
}

/** What a history grants to a subject: `verifier`, `officer of dlh`. */
function rolesOf({ commands }: History, subject: string): string {
  return commands
    .filter(({ type, stream }) => type === 'GrantRole' && parseStream(stream).code === subject)
    .map(({ body }) => {
      const { role, agency } = body as { readonly role: string; readonly agency?: string };
      return agency === undefined ? role : `${role} of ${agency}`;
    })
    .join(', ');
}

const SYLLABLES =
  'ba be bi bo bu da de di do du ga gi gu ka ke ki ko ku la le li lo lu ma me mi mo mu na ni no nu'.split(
    ' ',
  );

/** Six syllables and three digits, easy to read aloud: about 40 bits, behind a sign-in that is rate limited. */
function madeUpPassword(): string {
  const syllable = (): string => SYLLABLES[randomInt(SYLLABLES.length)] as string;
  const word = (): string => syllable() + syllable() + syllable();
  return `${word()}-${word()}-${String(randomInt(100, 1000))}`;
}
