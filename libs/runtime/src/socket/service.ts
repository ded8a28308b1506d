import { randomUUID } from 'node:crypto';
import { INSTALLATION, type Receipt, streamName } from '@jejak/core';
import { CLI_SUBJECT } from '@jejak/domain';
import type { z } from 'zod';
import {
  newAccountSchema,
  openAccountLocally,
  type OpenedAccount,
  setOidcSubject,
  setPassword,
} from '../accounts';
import { type Sent, submit } from '../dispatch';
import type { Jejak } from '../jejak';

/** What the operator of the machine may do with an account, in the name of the command line. */
export type AccountCommandType = 'CloseAccount' | 'GrantOperator' | 'RevokeOperator';

export type LocalAccount = z.output<typeof newAccountSchema> & { readonly operator: boolean };

/** What writes on behalf of who can open the data directory: in the process that has it, or through its socket. */
export interface LocalService {
  /** Carries out a command of somebody's, as the guard allows him. */
  submit(sent: Sent): Promise<Receipt>;
  /** Opens an account. @throws LoginTaken, ExternalTaken, Refusal */
  openAccount(account: LocalAccount): Promise<OpenedAccount>;
  /** Gives a command about an account in the name of the command line. */
  giveAccount(type: AccountCommandType, subject: string): Promise<Receipt>;
  /** Sets a password, and ends the account's sessions. */
  setPassword(subject: string, password: string): Promise<void>;
  /** Says whose account it is at the identity provider; null for nobody's. @throws ExternalTaken, Refusal */
  setOidcSubject(subject: string, oidcSubject: string | null): Promise<void>;
}

/** The service in the process that has the data directory. */
export class JejakService implements LocalService {
  constructor(
    private readonly jejak: Pick<
      Jejak,
      'clock' | 'config' | 'guard' | 'commands' | 'credentials' | 'evidence' | 'identity'
    >,
  ) {}

  submit(sent: Sent): Promise<Receipt> {
    return submit(this.jejak, sent);
  }

  async openAccount({ operator, ...account }: LocalAccount): Promise<OpenedAccount> {
    const parsed = newAccountSchema.parse(account);
    const actor = { subject: CLI_SUBJECT, role: 'operator' };
    return openAccountLocally(this.jejak, actor, `cli ${randomUUID()}`, parsed, operator);
  }

  giveAccount(type: AccountCommandType, subject: string): Promise<Receipt> {
    const key = `cli ${randomUUID()}`;
    const actor = { subject: CLI_SUBJECT, role: 'operator' };
    const stream = streamName('account', INSTALLATION, subject);
    return this.jejak.commands.run({ type, stream, body: {}, key, actor, correlationId: key });
  }

  async setPassword(subject: string, password: string): Promise<void> {
    const account = await this.jejak.credentials.bySubject(subject);
    if (account === undefined) throw new Error(`there is no account ${subject}`);
    if (!(await setPassword(this.jejak, CLI_SUBJECT, account, password)))
      throw new Error(`the account ${subject} was changed meanwhile`);
  }

  async setOidcSubject(subject: string, oidcSubject: string | null): Promise<void> {
    if (!(await setOidcSubject(this.jejak, CLI_SUBJECT, subject, oidcSubject)))
      throw new Error(`there is no account ${subject}`);
  }
}
