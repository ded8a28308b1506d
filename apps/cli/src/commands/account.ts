import {
  fitted,
  INSTALLATION,
  InvalidBody,
  newAccountSchema,
  oidcSubjectSchema,
  streamName,
} from '@jejak/runtime';
import { type Context, EXIT } from '../context';
import { Refused } from '../errors';
import { newPassword } from '../password';
import { subjectOf, withBeside, withService } from '../service';

export interface CreateOptions {
  readonly login: string;
  readonly name: string;
  readonly operator?: true;
  readonly service?: true;
  readonly password: boolean;
  readonly passwordStdin?: true;
  readonly oidcSubject?: string;
}

/** Opens an account, an operator's with `operator`. Gives the exit code. @throws InvalidBody, LoginTaken */
export async function createAccount(context: Context, options: CreateOptions): Promise<number> {
  const { login, name, operator = false, oidcSubject, passwordStdin = false } = options;
  // Who signs in at the identity provider needs no password.
  const asked = options.password && (oidcSubject === undefined || passwordStdin);
  const password = asked ? await newPassword(context, passwordStdin) : undefined;
  const kind = options.service === true ? 'service' : 'person';
  const parsed = fitted(newAccountSchema, {
    login,
    name,
    kind,
    ...(password !== undefined && { password }),
    ...(oidcSubject !== undefined && { oidcSubject }),
  });
  if (!parsed.success) throw new InvalidBody(parsed.issues);
  const { subject } = await withService(context, (service) =>
    service.openAccount({ ...parsed.data, operator }),
  );
  context.out(subject);
  return EXIT.done;
}

/** Prints the accounts, a line for each. Gives the exit code. */
export async function listAccounts(context: Context): Promise<number> {
  return withBeside(context, async ({ credentials, log, guard }) => {
    for (const { subject, login, name, external } of await credentials.accounts()) {
      const open = await guard.isOpen(subject);
      const operator = open && (await guard.rights(subject, INSTALLATION)).operator;
      const [opened] = await log.readStream(streamName('account', INSTALLATION, subject));
      const states = [
        open ? context.say({ en: 'open', id: 'aktif' }) : context.say({ en: 'closed', id: 'ditutup' }),
        ...(operator ? ['operator'] : []),
        ...((opened?.event.data as { kind?: string } | undefined)?.kind === 'service' ? ['service'] : []),
      ];
      const oidc = external === undefined ? [] : [`${external.issuer} ${external.subject}`];
      context.out([login || '–', name ?? '–', subject, states.join(', '), ...oidc].join('\t'));
    }
    return EXIT.done;
  });
}

/** Sets an account's password, and ends its sessions. Gives the exit code. @throws InvalidBody */
export async function changePassword(
  context: Context,
  login: string,
  { passwordStdin }: { readonly passwordStdin?: true },
): Promise<number> {
  const subject = await withBeside(context, (beside) => subjectOf(login, beside));
  const password = await newPassword(context, passwordStdin === true);
  const parsed = fitted(newAccountSchema.shape.password, password);
  if (!parsed.success) throw new InvalidBody(parsed.issues);
  await withService(context, (service) => service.setPassword(subject, password));
  context.out(
    context.say({
      en: 'The password is set; old sessions have ended.',
      id: 'Kata sandi diganti; sesi lama berakhir.',
    }),
  );
  return EXIT.done;
}

/** Says whose account it is at the identity provider, or nobody's. Gives the exit code. @throws InvalidBody, ExternalTaken */
export async function setExternalSubject(
  context: Context,
  login: string,
  oidcSubject: string | undefined,
  { remove }: { readonly remove?: true },
): Promise<number> {
  if ((oidcSubject === undefined) !== (remove === true)) {
    throw new Refused(
      { en: 'Give a subject, or --remove.', id: 'Berikan subjek, atau --remove.' },
      EXIT.usage,
    );
  }
  const subject = await withBeside(context, (beside) => subjectOf(login, beside));
  const parsed = fitted(oidcSubjectSchema, { oidcSubject: oidcSubject ?? null });
  if (!parsed.success) throw new InvalidBody(parsed.issues);
  await withService(context, (service) => service.setOidcSubject(subject, parsed.data.oidcSubject));
  context.out(
    remove === true
      ? context.say({
          en: 'Tokens of the identity provider are no longer of this account.',
          id: 'Token dari penyedia identitas tidak lagi milik akun ini.',
        })
      : context.say({
          en: 'Tokens of the identity provider for this subject are of this account now.',
          id: 'Token dari penyedia identitas untuk subjek itu kini milik akun ini.',
        }),
  );
  return EXIT.done;
}

const DONE = {
  CloseAccount: { en: 'The account is closed.', id: 'Akun ditutup.' },
  GrantOperator: { en: 'The account is an operator now.', id: 'Akun kini operator.' },
  RevokeOperator: { en: 'The account is no operator any more.', id: 'Akun bukan operator lagi.' },
} as const;

/** Closes an account, or makes it an operator or one no more. Gives the exit code. @throws Refusal */
export async function giveAccount(context: Context, type: keyof typeof DONE, login: string): Promise<number> {
  const subject = await withBeside(context, (beside) => subjectOf(login, beside));
  await withService(context, (service) => service.giveAccount(type, subject));
  context.out(context.say(DONE[type]));
  return EXIT.done;
}
