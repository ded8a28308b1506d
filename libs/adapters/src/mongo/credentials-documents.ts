import type { AccessLogEntry } from '@jejak/core';

export interface Account {
  /** the subject */
  readonly _id: string;
  readonly login: string;
  /** the login as it is compared; none once forgotten */
  readonly folded?: string;
  readonly name?: string;
  readonly passwordHash?: string;
  /** the key of the external identity */
  readonly external?: string;
}

/** A sign-in. Its tokens count as long as it is there, so that ending it is one step. */
export interface SignIn {
  /** the family */
  readonly _id: string;
  readonly subject: string;
  readonly endsAt: string;
}

export interface Token {
  /** the digest */
  readonly _id: string;
  readonly subject: string;
  readonly family: string;
  readonly expiresAt: string;
  readonly used: boolean;
}

export interface Secret {
  readonly _id: string;
  readonly value: Buffer;
}

export type LoggedAccess = AccessLogEntry & { readonly _id: number };

export interface Counter {
  readonly _id: string;
  readonly value: number;
}

export const ACCOUNT = {
  ...{ _id: String, login: String, folded: String },
  ...{ name: String, passwordHash: String, external: String },
};
export const SIGN_IN = { _id: String, subject: String, endsAt: String };
export const TOKEN = { _id: String, subject: String, family: String, expiresAt: String, used: Boolean };
export const SECRET = { _id: String, value: Buffer };
export const ACCESS = {
  _id: Number,
  at: String,
  kind: String,
  subject: String,
  programme: String,
  detail: String,
};
export const COUNTER = { _id: String, value: Number };
