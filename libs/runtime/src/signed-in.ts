/** Who holds a token, as its signature proves. What they may do is the guard's question. */
export interface Verified {
  readonly subject: string;
  /** the sign-in here that the token comes of; undefined for one at the identity provider, which only it can end */
  readonly session?: string;
  /** milliseconds since 1970 */
  readonly expiresAt: number;
}

export type NotSignedInCode =
  | 'sign-in-required'
  | 'sign-in-failed'
  | 'sign-in-elsewhere'
  | 'token-invalid'
  | 'token-expired'
  | 'account-unknown'
  | 'refresh-invalid'
  | 'refresh-reused';

/** The caller did not prove who they are, or is nobody here. */
export class NotSignedIn extends Error {
  constructor(readonly code: NotSignedInCode) {
    super(code);
  }
}
