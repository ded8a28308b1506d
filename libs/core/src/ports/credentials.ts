/** What signing in needs. Names and secrets live here, and nowhere else: events hold the opaque subject only. */
export interface AccountRecord {
  readonly subject: string;
  /** what the person types to sign in; unique ignoring case */
  readonly login: string;
  /** the person's name, joined to events when they are read; undefined once forgotten */
  readonly name?: string;
  /** the hash of the password in PHC string form; undefined for an account that cannot sign in */
  readonly passwordHash?: string;
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
  readonly kind: 'sign-in' | 'sign-in-failed' | 'sign-out' | 'export' | 'refused';
  readonly subject?: string;
  readonly programme?: string;
  readonly detail: string;
}

export class LoginTaken extends Error {
  readonly code = 'login-taken';
}

/** The account directory and the secrets of those who sign in here. */
export interface Credentials {
  /** @throws LoginTaken */
  save(account: AccountRecord): Promise<void>;
  byLogin(login: string): Promise<AccountRecord | undefined>;
  bySubject(subject: string): Promise<AccountRecord | undefined>;
  accounts(): Promise<readonly AccountRecord[]>;
  names(subjects: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Takes name and login away; the subject stays, and so does every event and proof. */
  forget(subject: string): Promise<void>;

  saveRefresh(token: RefreshRecord): Promise<void>;
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
  accessLog(filter: { readonly programme?: string; readonly limit: number; readonly before?: number }): Promise<
    readonly (AccessLogEntry & { readonly id: number })[]
  >;

  close(): Promise<void>;
}
