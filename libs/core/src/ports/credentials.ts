/** Who somebody is at an identity provider. It says who a person is, so that it never comes into an event. */
export interface ExternalIdentity {
  /** the provider's issuer identifier: an address, in which no blank can be */
  readonly issuer: string;
  /** the claim `sub` of its tokens; upper and lower case differ */
  readonly subject: string;
}

/** What signing in needs. Names and secrets live here, and nowhere else: events hold the opaque subject only. */
export interface AccountRecord {
  readonly subject: string;
  /** what the person types to sign in; unique ignoring case; empty once forgotten */
  readonly login: string;
  /** the person's name, joined to events when they are read; undefined once forgotten */
  readonly name?: string;
  /** the hash of the password in PHC string form; undefined for an account that cannot sign in with one */
  readonly passwordHash?: string;
  /** unique; undefined for an account that no provider's token is of, and once forgotten */
  readonly external?: ExternalIdentity;
}

/** A refresh token's trace: only its digest is kept. */
export interface RefreshRecord {
  readonly digest: string;
  readonly subject: string;
  /** the tokens that came of one sign-in; a second use of one ends them all */
  readonly family: string;
  /** ISO, UTC */
  readonly expiresAt: string;
  readonly used: boolean;
}

/** A line for the auditor about what is not an event: sign-ins, exports, refused authorisations. */
export interface AccessLogEntry {
  readonly at: string;
  readonly kind:
    | 'sign-in'
    | 'sign-in-failed'
    | 'sign-out'
    | 'password-changed'
    | 'password-reset'
    | 'external-set'
    | 'external-removed'
    | 'forgotten'
    | 'export'
    | 'refused';
  /** who did it */
  readonly subject?: string;
  readonly programme?: string;
  /** of a password, an external identity and of who was forgotten: the subject whose account it is */
  readonly detail: string;
}

/** Another account has the login, in whatever case. */
export class LoginTaken extends Error {
  readonly code = 'login-taken';
}

/** Another account has the external identity. */
export class ExternalTaken extends Error {
  readonly code = 'external-taken';
}

/** What an external identity is kept under, one text for each. */
export function externalKey({ issuer, subject }: ExternalIdentity): string {
  return `${issuer} ${subject}`;
}

/** The identity that `externalKey` was given. */
export function externalOf(key: string): ExternalIdentity {
  const blank = key.indexOf(' ');
  return { issuer: key.slice(0, blank), subject: key.slice(blank + 1) };
}

/** What of a login tells it from others: case and the ways of writing an accent do not. */
export function foldLogin(login: string): string {
  return login.normalize('NFC').toLowerCase().normalize('NFC');
}

/** The account directory and the secrets of those who sign in here. */
export interface Credentials {
  /**
   * Keeps an account, as a whole, in place of what is kept under its subject.
   *
   * @throws LoginTaken, ExternalTaken where another subject has the login or the external identity, in which case
   *   nothing changes
   */
  save(account: AccountRecord): Promise<void>;
  /**
   * Puts another password's hash in place of one, and changes nothing else.
   *
   * @param expected the hash as the caller knows it; undefined for an account without a password
   * @returns whether it was done: not where the account has another hash by now, or was forgotten, or never was
   */
  setPassword(subject: string, hash: string, expected: string | undefined): Promise<boolean>;
  /**
   * Puts another external identity in place of an account's, or takes it away, and changes nothing else.
   *
   * @returns whether it was done: not where the account was forgotten, or never was
   * @throws ExternalTaken where another subject has it, in which case nothing changes
   */
  setExternal(subject: string, external: ExternalIdentity | undefined): Promise<boolean>;
  byLogin(login: string): Promise<AccountRecord | undefined>;
  byExternal(external: ExternalIdentity): Promise<AccountRecord | undefined>;
  bySubject(subject: string): Promise<AccountRecord | undefined>;
  /** All accounts, by subject. */
  accounts(): Promise<readonly AccountRecord[]>;
  /** The names of those subjects that have one. */
  names(subjects: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Takes name, login, password and external identity away, and ends every sign-in; the subject stays, and so does every
   * event and proof.
   */
  forget(subject: string): Promise<void>;

  /** Keeps the first token of a sign-in. */
  saveRefresh(token: RefreshRecord): Promise<void>;
  /**
   * Keeps a further token of a sign-in that goes on. Whether it does, and the keeping, are one step: whoever ends the
   * sign-in meanwhile ends this token with it.
   *
   * @returns false, with nothing kept, where it was ended
   */
  renewRefresh(token: RefreshRecord): Promise<boolean>;
  /** Marks the token used and gives it as it was before; undefined where it is unknown. One caller wins. */
  useRefresh(digest: string): Promise<RefreshRecord | undefined>;
  /** Whether the sign-in goes on: it has a refresh token, and was not ended. */
  familyLives(family: string): Promise<boolean>;
  endFamily(family: string): Promise<void>;
  /** Ends every sign-in of the subject. */
  endSubject(subject: string): Promise<void>;

  /** A secret of the installation by name; the first caller's `make` is kept. */
  secret(name: string, make: () => Buffer): Promise<Buffer>;

  logAccess(entry: AccessLogEntry): Promise<void>;
  /** The newest first, at most `limit`; those of a programme, and those before an id. */
  accessLog(filter: {
    readonly programme?: string;
    readonly limit: number;
    readonly before?: number;
  }): Promise<readonly (AccessLogEntry & { readonly id: number })[]>;

  close(): Promise<void>;
}
