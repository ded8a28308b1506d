import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { PASSWORD } from './support/city';
import { Client } from './support/client';
import { mode, openHere, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(text, 'base64url').toString()) as never;

describe(`sessions, ${mode}`, () => {
  let running: Running;
  let anyone: Client;
  let operator: Client;

  beforeAll(async () => {
    running = await startJejak(mode, { environment: { JEJAK_SIGN_INS_PER_MINUTE: '40' } });
    anyone = new Client(running.url);
    operator = await anyone.signedIn(running.operator.login, running.operator.password);
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  const me = async (token: string): Promise<string> => {
    const { status, body } = await new Client(running.url, token).get('/v1/me');
    return `${String(status)} ${String(body.code ?? body.subject)}`;
  };

  it('says who is signed in, and signs in by any case of the login', async () => {
    const again = await anyone.signedIn('OPERATOR', running.operator.password);
    const { body } = await again.get('/v1/me');
    expect(body).toEqual({
      subject: running.operator.subject,
      login: 'operator',
      name: 'Operator',
      operator: true,
      programmes: [],
    });
    expect((await anyone.get('/v1/me')).body.code).toBe('sign-in-required');
  });

  it('gives the same answer for a login that nobody has and for a wrong password', async () => {
    const attempt = (login: string, password: string) =>
      anyone.request('POST', '/v1/session', { body: { login, password } });
    const [wrong, unknown] = [
      await attempt('operator', 'not-it-at-all'),
      await attempt('nobody', 'not-it-at-all'),
    ];
    for (const { status, body } of [wrong, unknown])
      expect([status, body.code]).toEqual([401, 'sign-in-failed']);
    const { correlationId: _a, ...first } = wrong.body;
    const { correlationId: _b, ...second } = unknown.body;
    expect(first).toEqual(second);
  });

  describe('refuses a token', () => {
    let header: string;
    let claims: string;
    let signature: string;

    beforeAll(() => {
      [header, claims, signature] = operator.token!.split('.') as [string, string, string];
    });

    it('that is good, not at all', async () => {
      expect(await me(operator.token!)).toBe(`200 ${running.operator.subject}`);
    });

    it.each([
      ['without a signature', () => `${header}.${claims}.`],
      ['with alg none', () => `${part({ alg: 'none', typ: 'at+jwt' })}.${claims}.`],
      [
        'with alg none and the old signature',
        () => `${part({ alg: 'none', typ: 'at+jwt' })}.${claims}.${signature}`,
      ],
      [
        'whose claims were changed',
        () => `${header}.${part({ ...read(claims), sub: 'u-other' })}.${signature}`,
      ],
      [
        'whose signature was changed',
        () => `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      ],
      ['that is no token', () => 'abc'],
      ['that is empty', () => '..'],
      ['signed by another key', () => signed(generateKeyPairSync('ed25519').privateKey, header, claims)],
    ])('%s', async (_, forged) => {
      expect(await me(forged())).toBe('401 token-invalid');
    });

    it('of another scheme', async () => {
      const basic = { authorization: `Basic ${Buffer.from('operator:x').toString('base64')}` };
      expect((await anyone.get('/v1/me', basic)).body.code).toBe('token-invalid');
    });

    describe('signed with what a thief of the public key has, or by ourselves for another purpose', () => {
      let privateKey: import('node:crypto').KeyObject;

      beforeAll(async () => {
        await running.stop();
        const { createPrivateKey } = await import('node:crypto');
        const jejak = await openHere(running.directory);
        const secret = await jejak.credentials.secret('access-token-key', () => Buffer.alloc(0));
        privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
        await jejak.close();
        running = await startJejak(mode, { directory: running.directory });
        anyone = new Client(running.url);
        operator = await anyone.signedIn(running.operator.login, running.operator.password);
        [header, claims, signature] = operator.token!.split('.') as [string, string, string];
      });

      it('HS256 with the public key as the secret, in every form that it has', async () => {
        const publicKey = createPublicKey(privateKey);
        const jwk = publicKey.export({ format: 'jwk' });
        const secrets = [
          publicKey.export({ format: 'pem', type: 'spki' }),
          publicKey.export({ format: 'der', type: 'spki' }),
          Buffer.from(jwk.x!, 'base64url'),
          jwk.x!,
        ];
        for (const secret of secrets) {
          const signedPart = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${claims}`;
          const mac = createHmac('sha256', secret).update(signedPart).digest('base64url');
          expect(await me(`${signedPart}.${mac}`)).toBe('401 token-invalid');
        }
      });

      it.each([
        ['that has expired', { exp: Math.floor(Date.now() / 1000) - 1 }, 'token-expired'],
        ['for another audience', { aud: 'another-api' }, 'token-invalid'],
        ['for no audience', { aud: undefined }, 'token-invalid'],
        ['of another issuer', { iss: 'another' }, 'token-invalid'],
        ['that never expires', { exp: undefined }, 'token-invalid'],
        [
          'that is good for longer than tokens are',
          { exp: Math.floor(Date.now() / 1000) + 86_400 },
          'token-invalid',
        ],
        ['of no session', { sid: undefined }, 'token-invalid'],
        ['of a session that nobody began', { sid: 'made-up' }, 'token-invalid'],
        ['that is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 3600 }, 'token-invalid'],
        ['of a subject without an account', { sub: 'u-nobody' }, 'token-invalid'],
        ['of a subject that is no code', { sub: '../../x' }, 'token-invalid'],
      ])('%s', async (_, change, code) => {
        const ours = signed(privateKey, header, claims);
        expect(await me(ours)).toBe(`200 ${running.operator.subject}`);
        const changed = part({ ...read(claims), ...change });
        expect(await me(signed(privateKey, header, changed))).toBe(`401 ${code}`);
      });

      it('of another type than access', async () => {
        expect(await me(signed(privateKey, part({ alg: 'EdDSA', typ: 'JWT' }), claims))).toBe(
          '401 token-invalid',
        );
      });
    });
  });

  describe('refresh', () => {
    const begin = async (): Promise<{ accessToken: string; refreshToken: string }> => {
      const { login, password } = running.operator;
      const { body } = await anyone.request('POST', '/v1/session', { body: { login, password } });
      return body as { accessToken: string; refreshToken: string };
    };
    const refresh = (refreshToken: string) =>
      anyone.request('POST', '/v1/session/refresh', { body: { refreshToken } });

    it('gives new tokens once; a second use ends everything that came of the sign-in', async () => {
      const first = await begin();
      const other = await begin();
      const second = await refresh(first.refreshToken);
      expect(second.status).toBe(200);
      expect(await me(second.body.accessToken)).toBe(`200 ${running.operator.subject}`);
      const reused = await refresh(first.refreshToken);
      expect([reused.status, reused.body.code]).toEqual([401, 'refresh-reused']);
      expect(await me(second.body.accessToken)).toBe('401 token-invalid');
      expect(await me(first.accessToken)).toBe('401 token-invalid');
      expect((await refresh(second.body.refreshToken)).status).toBe(401);
      expect(await me(other.accessToken)).toBe(`200 ${running.operator.subject}`);
    });

    it('gives tokens to one of many who use it at once, or to none where the others end the session before', async () => {
      const { refreshToken } = await begin();
      const statuses = (await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)))).map(
        ({ status }) => status,
      );
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
      expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(7);
    });

    it('takes nothing made up', async () => {
      expect((await refresh('made-up')).body.code).toBe('refresh-invalid');
    });
  });

  it('signs out: access and refresh token are good for nothing then, over a restart too', async () => {
    const { login, password } = running.operator;
    const { body } = await anyone.request('POST', '/v1/session', { body: { login, password } });
    const client = new Client(running.url, body.accessToken);
    expect((await client.request('DELETE', '/v1/session')).status).toBe(204);
    expect(await me(body.accessToken)).toBe('401 token-invalid');
    await running.stop();
    running = await startJejak(mode, { directory: running.directory });
    anyone = new Client(running.url);
    expect(await me(body.accessToken)).toBe('401 token-invalid');
    expect(await me(operator.token!)).toBe(`200 ${running.operator.subject}`);
    operator = new Client(running.url, operator.token, operator.subject);
    const refreshed = await anyone.request('POST', '/v1/session/refresh', {
      body: { refreshToken: body.refreshToken },
    });
    expect(refreshed.status).toBe(401);
  });

  it('changes a password, which ends the sessions of the old one', async () => {
    const { body } = await operator.accepted('/v1/accounts', {
      login: 'seseorang',
      name: 'Seseorang',
      password: PASSWORD,
    });
    const person = await anyone.signedIn('seseorang', PASSWORD);
    const change = (current: string) =>
      person.request('PUT', '/v1/me/password', { body: { current, password: 'yang-lebih-baru' } });
    expect((await change('salah-semua')).body.code).toBe('sign-in-failed');
    expect((await change(PASSWORD)).status).toBe(204);
    expect(await me(person.token!)).toBe('401 token-invalid');
    await anyone.signedIn('seseorang', 'yang-lebih-baru');
    await operator.request('DELETE', `/v1/accounts/${body.subject as string}/directory-entry`);
    const gone = await anyone.request('POST', '/v1/session', {
      body: { login: 'seseorang', password: 'yang-lebih-baru' },
    });
    expect(gone.body.code).toBe('sign-in-failed');
    const { items } = (await operator.get('/v1/access-log?limit=3')).body as {
      items: { kind: string; subject?: string; detail: string }[];
    };
    expect(items.map(({ kind, subject, detail }) => [kind, subject, detail])).toEqual([
      ['sign-in-failed', undefined, 'unknown login'],
      ['forgotten', running.operator.subject, body.subject],
      ['sign-in', body.subject, 'password'],
    ]);
  });

  it('opens an account once for one key, and takes no login twice', async () => {
    const open = (key: string, login: string) =>
      operator.command(
        '/v1/accounts',
        { login, name: 'Dua', password: PASSWORD },
        { 'idempotency-key': key },
      );
    const [first, second] = [await open('akun-dua', 'dua'), await open('akun-dua', 'Dua')];
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect((await open('akun-dua', 'tiga')).body.code).toBe('idempotency-key-reused');
    const taken = await open('akun-lain', 'DUA');
    expect([taken.status, taken.body.code]).toEqual([409, 'login-taken']);
  });
});

describe('signing in too often', () => {
  it('is refused for the address, and for the login from any address', async () => {
    const running = await startJejak(mode, {
      environment: { JEJAK_SIGN_INS_PER_MINUTE: '3', JEJAK_TRUST_PROXY: 'yes' },
    });
    try {
      const anyone = new Client(running.url);
      const attempt = (login: string, address: string) =>
        anyone.request('POST', '/v1/session', {
          body: { login, password: 'salah-semua' },
          headers: { 'x-forwarded-for': address },
        });
      // Within one minute of the clock: a window that ends meanwhile would begin to count anew.
      const seconds = 60 - new Date().getUTCSeconds();
      if (seconds < 10) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      const statuses: number[] = [];
      for (let n = 0; n < 4; n++) statuses.push((await attempt(`orang-${String(n)}`, '10.0.0.1')).status);
      expect(statuses).toEqual([401, 401, 401, 429]);
      // What the caller writes into the header stands left of what the proxy adds.
      expect((await attempt('lain', '10.9.9.9, 10.0.0.1')).status).toBe(429);
      const byLogin: number[] = [];
      for (let n = 0; n < 31; n++) byLogin.push((await attempt('korban', `10.0.1.${String(n)}`)).status);
      expect(byLogin).toEqual([...Array<number>(30).fill(401), 429]);
      const last = await attempt('korban', '10.0.2.1');
      expect(last.body.code).toBe('too-many-requests');
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await running.stop();
      await removeData(running);
    }
  });
});

function signed(key: import('node:crypto').KeyObject, header: string, claims: string): string {
  return `${header}.${claims}.${sign(null, Buffer.from(`${header}.${claims}`), key).toString('base64url')}`;
}
