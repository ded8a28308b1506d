import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { type Clock, type Credentials, isoMoment, type RefreshRecord } from '@jejak/core';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Config } from './config';
import type { ProviderState, ProviderTimes } from './oidc/provider-keys';
import { ProviderSignIn } from './oidc/provider-sign-in';
import { passwordFits } from './passwords';
import { NotSignedIn, type Verified } from './signed-in';

/** What signing in or refreshing gives. */
export interface Tokens {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** seconds */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly subject: string;
}

export interface IdentityOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly config: Pick<
    Config,
    | 'accessTokenSeconds'
    | 'refreshTokenSeconds'
    | 'issuer'
    | 'audience'
    | 'localSignIn'
    | 'oidcIssuer'
    | 'oidcAudience'
  >;
  /** whether the subject's account is open now */
  readonly isOpen: (subject: string) => Promise<boolean>;
  /** of the requests to the identity provider */
  readonly times?: Partial<ProviderTimes>;
}

const ALGORITHM = 'EdDSA';

/** Signing in with a password, the tokens that come of it, and those of the identity provider, where there is one. */
export class Identity {
  /** tokens whose signature was found good; whether their sign-in goes on is asked each time */
  private readonly signed = new LRUCache<string, Verified & { readonly session: string }>({ max: 10_000 });
  private readonly provider: ProviderSignIn | undefined;

  private constructor(
    private readonly options: IdentityOptions,
    private readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
  ) {
    if (options.config.oidcIssuer !== '') this.provider = new ProviderSignIn(options);
  }

  /** Opens it with the installation's own key, which is made at the first start. */
  static async open(options: IdentityOptions): Promise<Identity> {
    const secret = await options.credentials.secret('access-token-key', () =>
      generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
    );
    const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
    return new Identity(options, privateKey, createPublicKey(privateKey));
  }

  /**
   * Tokens for a login and its password.
   *
   * @throws NotSignedIn `sign-in-failed`, the same for an unknown login, a wrong password, one that was changed
   *   meanwhile, and a closed account; `sign-in-elsewhere`
   */
  async signIn(login: string, password: string): Promise<Tokens> {
    const { credentials, clock, isOpen, config } = this.options;
    if (!config.localSignIn) throw new NotSignedIn('sign-in-elsewhere');
    const at = isoMoment(clock());
    const account = await credentials.byLogin(login);
    const fits = await passwordFits(password, account?.passwordHash);
    if (account === undefined || !fits || !(await isOpen(account.subject))) {
      const detail = account === undefined ? 'unknown login' : fits ? 'account not open' : 'wrong password';
      const known = account === undefined ? {} : { subject: account.subject };
      await credentials.logAccess({ at, kind: 'sign-in-failed', ...known, detail });
      throw new NotSignedIn('sign-in-failed');
    }
    const { subject, passwordHash } = account;
    const session = randomUUID();
    const tokens = await this.tokens(subject, session, async (first) => {
      await credentials.saveRefresh(first);
      return true;
    });
    // Checking a password takes a while. Who changes it writes the new hash and then ends every session: one that came
    // after that end is seen here to be of the old password.
    if (tokens === undefined || (await credentials.bySubject(subject))?.passwordHash !== passwordHash) {
      await credentials.endFamily(session);
      await credentials.logAccess({
        at,
        kind: 'sign-in-failed',
        subject,
        detail: 'password changed meanwhile',
      });
      throw new NotSignedIn('sign-in-failed');
    }
    await credentials.logAccess({ at, kind: 'sign-in', subject, detail: 'password' });
    return tokens;
  }

  /**
   * New tokens for a refresh token, which is used up by it. A second use means that someone has a copy: it ends
   * everything that came of the sign-in.
   *
   * @throws NotSignedIn `refresh-invalid`, `refresh-reused`, `sign-in-elsewhere`
   */
  async refresh(refreshToken: string): Promise<Tokens> {
    const { credentials, clock, isOpen, config } = this.options;
    if (!config.localSignIn) throw new NotSignedIn('sign-in-elsewhere');
    const token = await credentials.useRefresh(digestOf(refreshToken));
    if (token === undefined) throw new NotSignedIn('refresh-invalid');
    if (token.used) {
      await this.end(token.family, token.subject, 'a refresh token was used twice');
      throw new NotSignedIn('refresh-reused');
    }
    if (token.expiresAt <= isoMoment(clock()) || !(await isOpen(token.subject))) {
      throw new NotSignedIn('refresh-invalid');
    }
    // Whoever resets the password, or signs out, meanwhile ends this session too: it is not brought back.
    const tokens = await this.tokens(token.subject, token.family, (next) => credentials.renewRefresh(next));
    if (tokens === undefined) throw new NotSignedIn('refresh-invalid');
    return tokens;
  }

  /** Ends a session: its refresh token and its access tokens are good for nothing from now on. */
  async signOut({ session, subject }: { readonly session: string; readonly subject: string }): Promise<void> {
    await this.end(session, subject, 'signed out');
  }

  /** Ends every session of a subject, as after a change of the password. What a provider began, it alone can end. */
  async endAll(subject: string): Promise<void> {
    await this.options.credentials.endSubject(subject);
  }

  /**
   * Who holds an access token, of ours or of the identity provider. A sign-in that was ended, also by another process, is
   * so from the next call on; so is what the directory says of whose a provider's token is.
   *
   * @param handedIn when the token was handed in, in milliseconds since 1970, where that was before now: it must not
   *   have expired by then
   * @throws NotSignedIn `token-invalid`, `token-expired`, `account-unknown`; ProviderUnavailable
   */
  async verify(accessToken: string, handedIn = this.options.clock()): Promise<Verified> {
    const { clock, config, credentials } = this.options;
    let verified = this.signed.get(accessToken);
    if (verified === undefined) {
      if (this.provider?.isOfProvider(accessToken) === true)
        return this.provider.verify(accessToken, handedIn);
      if (!config.localSignIn) throw new NotSignedIn('token-invalid');
      verified = await this.checked(accessToken, handedIn);
      this.signed.set(accessToken, verified);
    }
    if (verified.expiresAt <= handedIn) throw new NotSignedIn('token-expired');
    // A token is never good for longer than the present configuration gives.
    if (verified.expiresAt > clock() + config.accessTokenSeconds * 1000)
      throw new NotSignedIn('token-invalid');
    if (!(await credentials.familyLives(verified.session))) throw new NotSignedIn('token-invalid');
    return verified;
  }

  /** How the identity provider fares: whether its keys are known, and why the last try brought none; undefined without one. */
  async providerState(): Promise<ProviderState | undefined> {
    return this.provider?.keys.state();
  }

  private async checked(accessToken: string, at: number): Promise<Verified & { readonly session: string }> {
    const { config } = this.options;
    try {
      const { payload } = await jwtVerify(accessToken, this.publicKey, {
        algorithms: [ALGORITHM],
        issuer: config.issuer,
        audience: config.audience,
        requiredClaims: ['sub', 'sid', 'exp'],
        typ: 'at+jwt',
        currentDate: new Date(at),
      });
      const { sub, sid, exp } = payload;
      if (sub === undefined || typeof sid !== 'string' || exp === undefined)
        throw new NotSignedIn('token-invalid');
      return { subject: sub, session: sid, expiresAt: exp * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new NotSignedIn('token-expired');
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        throw new NotSignedIn('token-invalid');
      throw error;
    }
  }

  private async end(session: string, subject: string, detail: string): Promise<void> {
    const { credentials, clock } = this.options;
    await credentials.endFamily(session);
    await credentials.logAccess({ at: isoMoment(clock()), kind: 'sign-out', subject, detail });
  }

  /** @param keep keeps the refresh token; where it says false, there are no tokens */
  private async tokens(
    subject: string,
    family: string,
    keep: (token: RefreshRecord) => Promise<boolean>,
  ): Promise<Tokens | undefined> {
    const { clock, config } = this.options;
    const now = clock();
    const refreshToken = randomBytes(32).toString('base64url');
    const kept = await keep({
      digest: digestOf(refreshToken),
      subject,
      family,
      expiresAt: isoMoment(now + config.refreshTokenSeconds * 1000),
      used: false,
    });
    if (!kept) return undefined;
    const seconds = Math.floor(now / 1000);
    const accessToken = await new SignJWT({ sid: family })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
      .setSubject(subject)
      .setIssuer(config.issuer)
      .setAudience(config.audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + config.accessTokenSeconds)
      .sign(this.privateKey);
    return { accessToken, tokenType: 'Bearer', expiresIn: config.accessTokenSeconds, refreshToken, subject };
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
