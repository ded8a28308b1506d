import { type Clock, type Credentials, isoMoment } from '@jejak/core';
import { decodeJwt, errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config';
import { NotSignedIn, type Verified } from '../signed-in';
import { type KeySet, ProviderKeys, type ProviderTimes } from './provider-keys';

/** What a provider may sign with: with the other algorithms whoever can check a token could make one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** How far the provider's clock may be from ours, in seconds. */
const TOLERANCE = 10;

/** Tokens that are kept checked, and sign-ins that were written down. */
const MOST = 10_000;

export interface ProviderSignInOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly config: Pick<Config, 'oidcIssuer' | 'oidcAudience'>;
  readonly isOpen: (subject: string) => Promise<boolean>;
  readonly times?: Partial<ProviderTimes>;
}

/** What a token says, as its signature proves. */
interface Checked {
  readonly keys: KeySet;
  readonly subject: string;
  readonly expiresAt: number;
  /** tells one sign-in at the provider from others, as far as the token lets that be told */
  readonly signIn: string;
}

/** Who holds an access token of the OpenID provider, by the accounts that have an identity there. */
export class ProviderSignIn {
  readonly keys: ProviderKeys;
  private readonly checked = new LRUCache<string, Checked>({ max: MOST });
  private readonly told = new LRUCache<string, true>({ max: MOST });

  constructor(private readonly options: ProviderSignInOptions) {
    this.keys = new ProviderKeys(options.config.oidcIssuer, options.times);
  }

  /** Whether a token says that it is the provider's. */
  isOfProvider(accessToken: string): boolean {
    if (this.checked.has(accessToken)) return true;
    try {
      return decodeJwt(accessToken).iss === this.options.config.oidcIssuer;
    } catch {
      return false;
    }
  }

  /**
   * Who holds a token of the provider. A token is checked once, and again when the provider's keys have changed; its end
   * and whose account it is, each time.
   *
   * @param handedIn when the token was handed in: it must not have expired by then
   * @throws NotSignedIn `token-invalid`, `token-expired`, `account-unknown`; ProviderUnavailable
   */
  async verify(accessToken: string, handedIn: number): Promise<Verified> {
    const { config, credentials } = this.options;
    const keys = await this.keys.current();
    let token = this.checked.get(accessToken);
    if (token?.keys !== keys) {
      token = await this.check(accessToken, handedIn, keys);
      this.checked.set(accessToken, token);
    }
    const { expiresAt, signIn } = token;
    if (expiresAt <= handedIn) throw new NotSignedIn('token-expired');
    const account = await credentials.byExternal({ issuer: config.oidcIssuer, subject: token.subject });
    await this.tell(signIn, account?.subject);
    if (account === undefined) throw new NotSignedIn('account-unknown');
    return { subject: account.subject, expiresAt };
  }

  private async check(accessToken: string, at: number, keys: KeySet): Promise<Checked> {
    try {
      const { payload, protectedHeader } = await this.signed(accessToken, at, keys);
      const { sub, exp, sid, auth_time: since, iat } = payload;
      if (sub === undefined || exp === undefined || !isAccessToken(protectedHeader.typ, payload))
        throw new NotSignedIn('token-invalid');
      return {
        keys,
        subject: sub,
        expiresAt: (exp + TOLERANCE) * 1000,
        signIn: JSON.stringify([sub, sid ?? since ?? iat]),
      };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        const newer = await this.keys.newer(keys);
        if (newer !== undefined) return await this.check(accessToken, at, newer);
      }
      if (error instanceof errors.JWTExpired) throw new NotSignedIn('token-expired');
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        throw new NotSignedIn('token-invalid');
      throw error;
    }
  }

  private signed(accessToken: string, at: number, { find }: KeySet): Promise<JWTVerifyResult> {
    const { config } = this.options;
    return jwtVerify(accessToken, find, {
      algorithms: ALGORITHMS,
      issuer: config.oidcIssuer,
      audience: config.oidcAudience,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(at),
    });
  }

  /** Writes a sign-in down once. Who is nobody here is not named: what the provider calls a person is personal. */
  private async tell(signIn: string, subject: string | undefined): Promise<void> {
    const { clock, credentials, isOpen } = this.options;
    const what = `${subject ?? ''} ${signIn}`;
    if (this.told.has(what)) return;
    this.told.set(what, true);
    const at = isoMoment(clock());
    try {
      if (subject === undefined) {
        const detail = 'no account for a provider’s token';
        await credentials.logAccess({ at, kind: 'sign-in-failed', detail });
      } else if (await isOpen(subject))
        await credentials.logAccess({ at, kind: 'sign-in', subject, detail: 'identity provider' });
      else await credentials.logAccess({ at, kind: 'sign-in-failed', subject, detail: 'account not open' });
    } catch (error) {
      // Who is let in next time is written down then.
      this.told.delete(what);
      throw error;
    }
  }
}

/**
 * Whether a token is meant for access: by its type (RFC 9068, 2.1), or, where Keycloak is not told to set that, by the claim
 * in which it tells access tokens from ID tokens. An ID token is for the client that it was given to.
 */
function isAccessToken(typ: string | undefined, payload: JWTPayload): boolean {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  return type === 'at+jwt' || (type === 'jwt' && payload.typ === 'Bearer');
}
