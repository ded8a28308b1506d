import {
  type AccountRecord,
  type Actor,
  type CommandRunner,
  type Credentials,
  defineRules,
  derivedCode,
  type ExternalIdentity,
  ExternalTaken,
  foldLogin,
  INSTALLATION,
  isoMoment,
  KeyReused,
  LoginTaken,
  type Receipt,
  said,
  streamName,
} from '@jejak/core';
import { z } from 'zod';
import type { Config } from './config';
import { type Sent, submit, type Submitting } from './dispatch';
import type { Jejak } from './jejak';
import { hashPassword, PASSWORD_LEAST, PASSWORD_MOST } from './passwords';

const password = z.string().min(PASSWORD_LEAST).max(PASSWORD_MOST);

/** Rules about what of an account is kept outside the log. */
export const directoryRules = defineRules({
  'no-provider': {
    en: 'There is no identity provider here (JEJAK_OIDC_ISSUER), so that nobody has a subject there.',
    id: 'Di sini tidak ada penyedia identitas (JEJAK_OIDC_ISSUER), sehingga tidak ada subjek di sana.',
  },
});

const oidcSubject = z
  .string()
  .regex(
    /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/,
    said({
      en: 'A subject at the identity provider has 1 to 255 ASCII characters, and no blank before or after.',
      id: 'Subjek pada penyedia identitas terdiri atas 1 sampai 255 karakter ASCII, tanpa spasi di awal atau akhir.',
    }),
  )
  .describe('who it is at the identity provider: the claim `sub` of its tokens; kept outside the log');

/** What opens an account: what the log holds of it, and what only the directory does. */
export const newAccountSchema = z.strictObject({
  login: z
    .string()
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,79}$/u,
      said({
        en: 'A login has 2 to 80 letters, digits, dots, hyphens, underscores or @, and begins with a letter or digit.',
        id: 'Nama pengguna terdiri atas 2 sampai 80 huruf, angka, titik, tanda hubung, garis bawah, atau @, diawali huruf atau angka.',
      }),
    )
    .describe('what the person types to sign in; upper and lower case are the same'),
  name: z.string().trim().min(1).max(200).describe("the person's name; kept outside the log"),
  password: password.optional().describe('left out for an account that cannot sign in with one'),
  oidcSubject: oidcSubject.optional(),
  kind: z.enum(['person', 'service']).default('person'),
});

export const passwordChangeSchema = z.strictObject({ current: z.string().max(PASSWORD_MOST), password });
export const passwordResetSchema = z.strictObject({ password });
export const oidcSubjectSchema = z.strictObject({
  oidcSubject: oidcSubject.nullable().describe('null for nobody: tokens of the provider are no longer its'),
});

/** An account that was opened, with what the log says of it. */
export interface OpenedAccount extends Receipt {
  readonly subject: string;
}

/**
 * Opens an account in the name of a caller: names and passwords go to the directory, the opaque subject to the log.
 *
 * @throws what the guard and run-command throw; LoginTaken; ExternalTaken; Refusal `no-provider`; KeyReused; InvalidBody
 */
export async function openAccount(
  jejak: Submitting & Pick<Jejak, 'credentials' | 'config'>,
  sent: Omit<Sent, 'type' | 'stream' | 'body'>,
  account: z.output<typeof newAccountSchema>,
): Promise<OpenedAccount> {
  const { guard, credentials } = jejak;
  const subject = derivedCode('u', sent.caller.subject ?? '', INSTALLATION, sent.key);
  const stream = streamName('account', INSTALLATION, subject);
  const body = { kind: account.kind };
  const command: Sent = { ...sent, type: 'OpenAccount', stream, body };
  // Nobody learns which logins are taken but who may open accounts.
  const [actor] = await guard.actors(sent.caller, stream, command.type, body);
  if ((await credentials.bySubject(subject))?.login === '') {
    // The person was forgotten since: what opened the account is answered as it was, and nobody is brought back.
    const first = await jejak.commands.firstAnswer({ ...command, actor });
    if (first !== undefined) return { subject, ...first };
  }
  return oneByOne(credentials, async () => {
    await keepInDirectory(jejak, subject, account);
    return { subject, ...(await submit(jejak, command)) };
  });
}

/**
 * Opens an account for the operator of the machine, who is nobody's account: the first operator comes so.
 *
 * @param key the same key opens the same account
 * @throws as `openAccount`
 */
export async function openAccountLocally(
  parts: LogAndDirectory & { readonly commands: Pick<CommandRunner, 'run'> },
  actor: Actor,
  key: string,
  account: z.output<typeof newAccountSchema>,
  operator: boolean,
): Promise<OpenedAccount> {
  const subject = derivedCode('u', actor.subject, INSTALLATION, key);
  const stream = streamName('account', INSTALLATION, subject);
  const submission = { stream, actor, correlationId: key };
  const opened = await oneByOne(parts.credentials, async () => {
    await keepInDirectory(parts, subject, account);
    return parts.commands.run({ ...submission, type: 'OpenAccount', body: { kind: account.kind }, key });
  });
  if (operator)
    await parts.commands.run({ ...submission, type: 'GrantOperator', body: {}, key: `${key} operator` });
  return { subject, ...opened };
}

type Directory = Pick<Jejak, 'clock' | 'credentials' | 'identity'>;

/**
 * Sets a password; whoever is signed in with the old one is signed out.
 *
 * @param actor who does it
 * @param account as it was read before the actor was found to be allowed
 * @returns false, with nothing done, where the password was changed or the person forgotten since
 */
export async function setPassword(
  { clock, credentials, identity }: Directory,
  actor: string,
  { subject, passwordHash }: AccountRecord,
  secret: string,
): Promise<boolean> {
  if (!(await credentials.setPassword(subject, await hashPassword(secret), passwordHash))) return false;
  await identity.endAll(subject);
  const kind = actor === subject ? 'password-changed' : 'password-reset';
  await credentials.logAccess({ at: isoMoment(clock()), kind, subject: actor, detail: subject });
  return true;
}

/**
 * Says whose account it is at the identity provider, in place of what was said before; it counts from the next request.
 *
 * @param actor who does it
 * @param oidcSubject null for nobody's
 * @returns false, with nothing done, where the person was forgotten or there is no such account
 * @throws ExternalTaken; Refusal `no-provider`
 */
export async function setOidcSubject(
  parts: LogAndDirectory & Pick<Jejak, 'clock'>,
  actor: string,
  subject: string,
  oidcSubject: string | null,
): Promise<boolean> {
  const { credentials, clock } = parts;
  const external = oidcSubject === null ? undefined : externalIn(parts, oidcSubject);
  const done = await oneByOne(credentials, async () => {
    if (external !== undefined) await setFree(parts, await credentials.byExternal(external), subject);
    return credentials.setExternal(subject, external);
  });
  if (!done) return false;
  const kind = external === undefined ? 'external-removed' : 'external-set';
  await credentials.logAccess({ at: isoMoment(clock()), kind, subject: actor, detail: subject });
  return true;
}

/** Takes a person's name, login, password and external identity away, and ends every session. */
export async function forgetPerson(
  { clock, credentials, identity }: Directory,
  actor: string,
  subject: string,
): Promise<void> {
  await identity.endAll(subject);
  await credentials.forget(subject);
  await credentials.logAccess({ at: isoMoment(clock()), kind: 'forgotten', subject: actor, detail: subject });
}

/** What the directory says of an account counts only with what the log says of it. */
interface LogAndDirectory {
  readonly commands: Pick<CommandRunner, 'read'>;
  readonly credentials: Credentials;
  readonly config: Pick<Config, 'oidcIssuer'>;
}

/**
 * The directory comes before the log: an account that never came to the log was cut off between them, and its login is
 * free for whoever opens it anew; so is its external identity.
 *
 * @throws LoginTaken, ExternalTaken; Refusal `no-provider`; KeyReused where the subject is in the directory under another login
 */
async function keepInDirectory(
  parts: LogAndDirectory,
  subject: string,
  { login, name, password: secret, oidcSubject }: z.output<typeof newAccountSchema>,
): Promise<void> {
  const { credentials } = parts;
  const external = oidcSubject === undefined ? undefined : externalIn(parts, oidcSubject);
  const kept = await credentials.bySubject(subject);
  // A repeat changes nothing: the password may be another by now.
  if (kept !== undefined && foldLogin(kept.login) === foldLogin(login)) return;
  if (kept !== undefined && (kept.login !== '' || (await isInLog(parts, subject)))) throw new KeyReused();
  const holder = await credentials.byLogin(login);
  if (holder !== undefined) {
    if (await isInLog(parts, holder.subject)) throw new LoginTaken(`the login ${login} is taken`);
    await credentials.forget(holder.subject);
  }
  if (external !== undefined) await setFree(parts, await credentials.byExternal(external), subject);
  const passwordHash = secret === undefined ? {} : { passwordHash: await hashPassword(secret) };
  await credentials.save({
    ...{ subject, login, name, ...passwordHash },
    ...(external !== undefined && { external }),
  });
}

/**
 * Lets an external identity go that is kept by an account which never came to the log.
 *
 * @throws ExternalTaken where another account has it that did
 */
async function setFree(
  parts: LogAndDirectory,
  holder: AccountRecord | undefined,
  subject: string,
): Promise<void> {
  if (holder === undefined || holder.subject === subject) return;
  if (await isInLog(parts, holder.subject))
    throw new ExternalTaken(`the account ${holder.subject} has this subject of the identity provider`);
  await parts.credentials.forget(holder.subject);
}

/** @throws Refusal `no-provider` */
function externalIn({ config }: Pick<LogAndDirectory, 'config'>, subject: string): ExternalIdentity {
  if (config.oidcIssuer === '') throw directoryRules('no-provider', {}, 'oidcSubject');
  return { issuer: config.oidcIssuer, subject };
}

async function isInLog({ commands }: LogAndDirectory, subject: string): Promise<boolean> {
  return (await commands.read(streamName('account', INSTALLATION, subject))).revision >= 0;
}

const openings = new WeakMap<Credentials, Promise<unknown>>();

/** One opening after the other: one that is between directory and log is not taken for one that was cut off there. */
async function oneByOne<T>(credentials: Credentials, open: () => Promise<T>): Promise<T> {
  const mine = (openings.get(credentials) ?? Promise.resolve()).then(open, open);
  openings.set(credentials, mine);
  return mine;
}
