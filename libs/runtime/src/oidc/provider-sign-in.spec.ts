import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createHmac } from 'node:crypto';
import { SqliteCredentials } from '@jejak/adapters/sqlite';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  AUDIENCE,
  forged,
  type SigningKey,
  signingKey,
  TestProvider,
} from '../../../../test/support/oidc-provider';
import { forgetPerson } from '../accounts';
import { type Config, configFor } from '../config';
import { Identity } from '../identity';
import { hashPassword } from '../passwords';
import { NotSignedIn } from '../signed-in';
import { ProviderUnavailable } from './provider-keys';

const COOLDOWN = 300;
const TIMES = { timeout: 400, cooldown: COOLDOWN, retry: 100, age: 60_000 };
const clock = Date.now;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('tokens of an OpenID provider', () => {
  let directory: string;
  let credentials: SqliteCredentials;
  let key: SigningKey;
  let provider: TestProvider;
  let identity: Identity;
  let open: boolean;

  const opened = (more: Partial<Config> = {}, times = TIMES): Promise<Identity> =>
    Identity.open({
      credentials,
      clock,
      isOpen: () => Promise.resolve(open),
      config: configFor(directory, { oidcIssuer: provider.issuer, oidcAudience: AUDIENCE, ...more }),
      times,
    });
  /** whose a token is, or why it is nobody's */
  const whose = async (token: string, by = identity): Promise<string> =>
    by.verify(token).then(
      ({ subject }) => subject,
      (error: unknown) => {
        if (error instanceof NotSignedIn || error instanceof ProviderUnavailable) return error.code;
        throw error;
      },
    );
  const accessLog = async () =>
    (await credentials.accessLog({ limit: 9 })).map(({ kind, subject, detail }) => [kind, subject, detail]);

  beforeEach(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-oidc-'));
    credentials = SqliteCredentials.open({ file: path.join(directory, 'accounts.db'), clock });
    key = signingKey();
    provider = await TestProvider.start(key);
    open = true;
    identity = await opened();
    const { issuer } = provider;
    await credentials.save({ subject: 'u-1', login: 'sari', external: { issuer, subject: 'sari-at-sso' } });
    await credentials.save({ subject: 'u-2', login: 'sp2d', external: { issuer, subject: 'treasury' } });
  });
  afterEach(async () => {
    await provider.down().catch(() => undefined);
    await credentials.close();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const forge = (claims: object = {}, header: object = {}, by = key) =>
    forged(by, { iss: provider.issuer, sub: 'treasury', ...claims }, { ...header });

  it('are of the account that has the subject there: a service’s, and a person’s who signed in at its pages', async () => {
    const service = await provider.serviceToken();
    expect(decodeProtectedHeader(service).typ).toBe('at+jwt');
    expect(await whose(service)).toBe('u-2');
    const person = await provider.personTokens('sari-at-sso');
    expect(decodeJwt(person.access_token).sub).toBe('sari-at-sso');
    expect(await whose(person.access_token)).toBe('u-1');
    expect((await identity.verify(person.access_token)).session).toBeUndefined();
    expect(await accessLog()).toEqual([
      ['sign-in', 'u-1', 'identity provider'],
      ['sign-in', 'u-2', 'identity provider'],
    ]);
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('are taken when signed with %s', async (alg) => {
    provider.signWith(signingKey(alg));
    expect(decodeProtectedHeader(await provider.serviceToken()).alg).toBe(alg);
    expect(await whose(await provider.serviceToken())).toBe('u-2');
  });

  it('are checked once, and whose they are each time: a change counts from the next call on', async () => {
    const token = await provider.serviceToken();
    for (let n = 0; n < 50; n++) expect(await whose(token)).toBe('u-2');
    expect(provider.fetches).toBe(1);
    await credentials.setExternal('u-2', undefined);
    expect(await whose(token)).toBe('account-unknown');
    await credentials.setExternal('u-1', { issuer: provider.issuer, subject: 'treasury' });
    expect(await whose(token)).toBe('u-1');
    await forgetPerson({ clock, credentials, identity }, 'u-operator', 'u-1');
    expect(await whose(token)).toBe('account-unknown');
  });

  it('are nobody’s where no account has the subject: written down once, without saying who it was', async () => {
    const token = await provider.serviceToken('stranger');
    for (let n = 0; n < 3; n++) expect(await whose(token)).toBe('account-unknown');
    expect(await accessLog()).toEqual([['sign-in-failed', undefined, 'no account for a provider’s token']]);
    open = false;
    await whose(await provider.serviceToken());
    expect((await accessLog())[0]).toEqual(['sign-in-failed', 'u-2', 'account not open']);
  });

  it('are for access: an ID token is not, and neither is one for another audience', async () => {
    const { id_token } = await provider.personTokens('sari-at-sso');
    expect(await whose(id_token)).toBe('token-invalid');
    expect(await whose(await provider.serviceToken('treasury', 'https://other.test/api'))).toBe(
      'token-invalid',
    );
    const audience = { aud: 'pages', typ: 'ID' };
    const lenient = await opened({ oidcAudience: 'pages' });
    expect(await whose(await forge(audience, { typ: 'JWT' }), lenient)).toBe('token-invalid');
    expect(await whose(id_token, lenient)).toBe('token-invalid');
  });

  it('may be of the type JWT where they say, as Keycloak’s do, that they are bearer tokens', async () => {
    expect(await whose(await forge({ typ: 'Bearer' }, { typ: 'JWT' }))).toBe('u-2');
    expect(await whose(await forge({}, { typ: 'application/at+jwt' }))).toBe('u-2');
    for (const [claims, header] of [
      [{}, { typ: 'JWT' }],
      [{}, { typ: undefined }],
      [{ typ: 'Bearer' }, { typ: undefined }],
      [{ typ: 'Refresh' }, { typ: 'JWT' }],
      [{ typ: 'Bearer' }, { typ: 'logout+jwt' }],
    ] as const)
      expect(await whose(await forge(claims, header))).toBe('token-invalid');
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each([
    ['of nobody’s making but the provider’s', () => forge(), 'u-2'],
    ['that has just expired, within what clocks may differ', () => forge({ exp: now() - 5 }), 'u-2'],
    ['that has expired', () => forge({ exp: now() - 15 }), 'token-expired'],
    ['that never expires', () => forge({ exp: undefined }), 'token-invalid'],
    ['that begins within what clocks may differ', () => forge({ nbf: now() + 5 }), 'u-2'],
    ['that is not valid yet', () => forge({ nbf: now() + 60 }), 'token-invalid'],
    ['for several audiences, ours among them', () => forge({ aud: ['other', AUDIENCE] }), 'u-2'],
    ['for no audience', () => forge({ aud: undefined }), 'token-invalid'],
    ['of another issuer', () => forge({ iss: `${provider.issuer}/` }), 'token-invalid'],
    ['of no issuer', () => forge({ iss: undefined }), 'token-invalid'],
    ['of our own issuer', () => forge({ iss: 'jejak', sid: 's' }), 'token-invalid'],
    ['of nobody', () => forge({ sub: undefined }), 'token-invalid'],
    [
      'with the kid of a key that signed it not',
      () => forge({}, { kid: key.kid }, signingKey()),
      'token-invalid',
    ],
    ['by a key that the provider has not', () => forge({}, {}, signingKey()), 'token-invalid'],
    ['by a key that it carries itself', carrying, 'token-invalid'],
    [
      'that names where its keys are',
      () => forge({}, { jku: 'http://127.0.0.1:1/' }, signingKey()),
      'token-invalid',
    ],
    ['with a critical header that nobody knows', unknownCritical, 'token-invalid'],
  ])('%s', async (_what, make, outcome) => {
    expect(await whose(await make())).toBe(outcome);
  });

  function carrying(): Promise<string> {
    const own = signingKey();
    return forge({}, { jwk: own.publicKey.export({ format: 'jwk' }), kid: undefined }, own);
  }
  async function unknownCritical(): Promise<string> {
    const [, claims, signature] = (await forge()).split('.') as [string, string, string];
    return `${part({ alg: 'ES256', kid: key.kid, typ: 'at+jwt', crit: ['x'], x: 1 })}.${claims}.${signature}`;
  }
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('are signed with what only the provider has: not with none, nor with its public key as a secret', async () => {
    const [, claims = '', signature = ''] = (await forge()).split('.');
    for (const alg of ['none', 'None', 'HS256', 'HS512', 'ES256K', 'RSA-OAEP']) {
      const header = part({ alg, typ: 'at+jwt', kid: key.kid });
      expect(await whose(`${header}.${claims}.${signature}`)).toBe('token-invalid');
      expect(await whose(`${header}.${claims}.`)).toBe('token-invalid');
    }
    const rsa = signingKey('RS256');
    provider.signWith(rsa);
    await pause(COOLDOWN + 50);
    const jwk = rsa.publicKey.export({ format: 'jwk' });
    for (const secret of [
      rsa.publicKey.export({ format: 'pem', type: 'spki' }),
      rsa.publicKey.export({ format: 'der', type: 'spki' }),
      Buffer.from(jwk.n ?? '', 'base64url'),
    ]) {
      const signed = `${part({ alg: 'HS256', typ: 'at+jwt', kid: rsa.kid })}.${claims}`;
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await whose(`${signed}.${mac}`)).toBe('token-invalid');
    }
    for (const rubbish of ['abc', '..', 'a.b.c', `${part({ alg: 'ES256' })}.${part([])}.x`])
      expect(await whose(rubbish)).toBe('token-invalid');
  });

  it('of a new key are taken at once, and of a key that was dropped no longer, checked before or not', async () => {
    const [before, unseen] = [await provider.serviceToken(), await forge()];
    expect(await whose(before)).toBe('u-2');
    await pause(COOLDOWN + 50);
    provider.signWith(signingKey(), key);
    expect(await whose(await provider.serviceToken())).toBe('u-2');
    expect(await whose(before)).toBe('u-2');
    await pause(COOLDOWN + 50);
    provider.signWith(signingKey());
    expect(await whose(await provider.serviceToken())).toBe('u-2');
    expect(await whose(before)).toBe('token-invalid');
    expect(await whose(unseen)).toBe('token-invalid');
  });

  it('of a key that was dropped are no longer taken when the keys have come of age, whatever tokens come', async () => {
    const aging = await opened({}, { ...TIMES, age: 200 });
    const token = await provider.serviceToken();
    expect(await whose(token, aging)).toBe('u-2');
    provider.signWith(signingKey());
    await pause(250);
    // Whoever comes first is still answered by the old keys.
    for (let n = 0; n < 100 && (await whose(token, aging)) === 'u-2'; n++) await pause(20);
    expect(await whose(token, aging)).toBe('token-invalid');
  });

  it('with keys that nobody knows do not let the provider be asked oftener than the cooldown says', async () => {
    expect(await whose(await provider.serviceToken())).toBe('u-2');
    const strange = await Promise.all(Array.from({ length: 20 }, () => forge({}, {}, signingKey())));
    const began = Date.now();
    let sent = 0;
    while (Date.now() - began < 3 * COOLDOWN) {
      const outcomes = await Promise.all(strange.map((token) => whose(token)));
      expect(new Set(outcomes)).toEqual(new Set(['token-invalid']));
      sent += strange.length;
    }
    expect(sent).toBeGreaterThanOrEqual(40);
    expect(provider.fetches).toBeGreaterThan(1);
    expect(provider.fetches).toBeLessThanOrEqual(2 + Math.floor((Date.now() - began) / COOLDOWN));
  });

  describe('while the provider', () => {
    it('is away: who is known stays so, and a key that may be new is not called wrong', async () => {
      const [token, other] = [await provider.serviceToken(), await forge()];
      expect(await whose(token)).toBe('u-2');
      await provider.down();
      const unknown = await forge({}, {}, signingKey());
      await pause(COOLDOWN + 50);
      expect(await whose(token)).toBe('u-2');
      expect(await whose(other)).toBe('u-2');
      expect(await whose(unknown)).toBe('provider-unavailable');
      expect(await identity.providerState()).toEqual({
        keys: true,
        reason: `the identity provider ${provider.issuer}: ECONNREFUSED`,
      });
      await provider.up();
      await pause(TIMES.retry + 50);
      expect(await whose(unknown)).toBe('token-invalid');
      expect(await identity.providerState()).toEqual({ keys: true });
    });

    it('is away from the start: our own tokens are taken, its are not called wrong, and it is taken when it comes', async () => {
      const token = await provider.serviceToken();
      await provider.down();
      const passwordHash = await hashPassword('kata-sandi');
      await credentials.save({ subject: 'u-3', login: 'lokal', passwordHash });
      expect(await identity.providerState()).toMatchObject({ keys: false });
      expect(await whose((await identity.signIn('lokal', 'kata-sandi')).accessToken)).toBe('u-3');
      expect(await whose(token)).toBe('provider-unavailable');
      await provider.up();
      await pause(TIMES.retry + 50);
      expect(await identity.providerState()).toEqual({ keys: true });
      expect(await whose(token)).toBe('u-2');
    });

    it('is slow: nobody waits longer than the timeout, and those who are known not at all', async () => {
      const aging = await opened({}, { ...TIMES, age: 50 });
      const token = await provider.serviceToken();
      expect(await whose(token, aging)).toBe('u-2');
      provider.instead = (at) => (at === '/token' ? undefined : 'nothing');
      await pause(60);
      let began = performance.now();
      expect(await whose(token, aging)).toBe('u-2');
      expect(performance.now() - began).toBeLessThan(TIMES.timeout);
      const fresh = await opened({}, { ...TIMES, retry: 60_000 });
      began = performance.now();
      expect(await whose(token, fresh)).toBe('provider-unavailable');
      expect(performance.now() - began).toBeLessThan(TIMES.timeout * 3);
      // Those who come meanwhile are answered at once.
      began = performance.now();
      expect(await whose(token, fresh)).toBe('provider-unavailable');
      expect(performance.now() - began).toBeLessThan(TIMES.timeout);
    });

    const DISCOVERY = '/.well-known/openid-configuration';
    const discovery = (more: object) => ({ body: JSON.stringify({ issuer: provider.issuer, ...more }) });
    it.each([
      [
        'of another issuer',
        DISCOVERY,
        () => discovery({ issuer: 'https://other.test', jwks_uri: `${provider.issuer}/jwks` }),
        'is of the issuer https://other.test',
      ],
      [
        'whose keys would come unprotected',
        DISCOVERY,
        () => discovery({ jwks_uri: 'http://10.0.0.1/jwks' }),
        'names no jwks_uri that is safe',
      ],
      ['that names no keys', DISCOVERY, () => discovery({}), 'names no jwks_uri that is safe'],
      ['that is null', DISCOVERY, () => ({ body: 'null' }), 'is of the issuer undefined'],
      ['that is no JSON', DISCOVERY, () => ({ body: '<html>' }), 'JSON'],
      ['that is not there', DISCOVERY, () => ({ status: 404 }), 'answers 404'],
      ['whose keys are none', '/jwks', () => ({ body: '{"keys":[]}' }), 'it has no keys'],
      ['whose keys are no keys', '/jwks', () => ({ body: '{"keys":"x"}' }), 'malformed'],
      ['whose keys are an error', '/jwks', () => ({ status: 500, body: '{"keys":[]}' }), 'answers 500'],
    ])(
      'has a discovery document %s, its keys are not taken, and those that are known stay',
      async (_what, at, answer, reason) => {
        const token = await provider.serviceToken();
        const known = await opened({}, { ...TIMES, age: 0 });
        expect(await whose(token, known)).toBe('u-2');
        provider.instead = (asked) => (asked === at ? answer() : undefined);
        expect(await whose(token)).toBe('provider-unavailable');
        expect((await identity.providerState())?.reason).toContain(reason);
        await pause(20);
        expect(await whose(token, known)).toBe('u-2');
      },
    );
  });

  it('alone are taken where nobody signs in with a password', async () => {
    const { accessToken, refreshToken } = await signedInLocally();
    const only = await opened({ localSignIn: false });
    expect(await whose(accessToken, only)).toBe('token-invalid');
    await expect(only.signIn('lokal', 'kata-sandi')).rejects.toThrow(new NotSignedIn('sign-in-elsewhere'));
    await expect(only.refresh(refreshToken)).rejects.toThrow(new NotSignedIn('sign-in-elsewhere'));
    expect(await whose(await provider.serviceToken(), only)).toBe('u-2');
  });

  it('are not taken where no provider is named', async () => {
    const none = await opened({ oidcIssuer: '' });
    expect(await whose(await provider.serviceToken(), none)).toBe('token-invalid');
    expect(await none.providerState()).toBeUndefined();
  });

  it('must not have expired when they were handed in', async () => {
    const token = await forge({ exp: now() - 60 });
    expect(await whose(token)).toBe('token-expired');
    expect((await identity.verify(token, Date.now() - 90_000)).subject).toBe('u-2');
    expect(await whose(token)).toBe('token-expired');
  });

  async function signedInLocally() {
    await credentials.save({
      subject: 'u-3',
      login: 'lokal',
      passwordHash: await hashPassword('kata-sandi'),
    });
    return identity.signIn('lokal', 'kata-sandi');
  }
});
