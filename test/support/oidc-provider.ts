import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTPayload } from 'jose';
import type { JWKS } from 'oidc-provider';

/** A key that the provider signs with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The audience that the provider's tokens are for, and the resource that clients name to get them. */
export const AUDIENCE = 'jejak-api';
const RESOURCE = 'https://jejak.test/api';
const SECRET = 'secret-of-the-service';
const CALLBACK = 'http://127.0.0.1:4999/callback';

let made = 0;

export function signingKey(alg: SigningKey['alg'] = 'ES256'): SigningKey {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  return { ...pair, kid: `key-${String(made++)}`, alg };
}

/** What a request is answered with in the provider's place; undefined where the provider answers. */
export type Instead = (
  path: string,
) => { readonly status?: number; readonly body?: string } | 'nothing' | undefined;

/** A real OpenID provider (npm oidc-provider) on the loopback, in this process. */
export class TestProvider {
  /** the paths that were asked for */
  readonly asked: string[] = [];
  instead: Instead = () => undefined;
  private handle: (request: http.IncomingMessage, response: http.ServerResponse) => unknown = () => undefined;

  private constructor(
    private readonly server: http.Server,
    readonly issuer: string,
    private readonly port: number,
  ) {
    server.on('request', (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      this.asked.push(path);
      const answer = this.instead(path);
      if (answer === 'nothing') return;
      if (answer === undefined) {
        this.handle(request, response);
        return;
      }
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(answer.body ?? '');
    });
  }

  static async start(...keys: readonly SigningKey[]): Promise<TestProvider> {
    const server = http.createServer();
    const port = await listen(server, 0);
    const provider = new TestProvider(server, `http://127.0.0.1:${String(port)}`, port);
    provider.signWith(...(keys.length === 0 ? [signingKey()] : keys));
    return provider;
  }

  /** Publishes these keys, and signs with the first of them from now on. */
  signWith(...keys: readonly SigningKey[]): void {
    const jwks = {
      keys: keys.map(({ privateKey, kid, alg }) => ({
        ...privateKey.export({ format: 'jwk' }),
        ...{ kid, alg, use: 'sig' },
      })),
    } as JWKS;
    const alg = keys[0]?.alg ?? 'ES256';
    const Provider = quietly();
    const provider = new Provider(this.issuer, {
      jwks,
      cookies: { keys: ['cookies of tests'] },
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      ttl: {
        AccessToken: 600,
        ClientCredentials: 600,
        Grant: 600,
        IdToken: 600,
        Interaction: 600,
        Session: 600,
      },
      clientDefaults: { id_token_signed_response_alg: alg },
      clients: [
        ...['treasury', 'stranger'].map((client_id) => ({
          client_id,
          client_secret: SECRET,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        })),
        {
          client_id: 'pages',
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code'],
          redirect_uris: [CALLBACK],
          response_types: ['code'],
        },
      ],
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          useGrantedResource: () => true,
          getResourceServerInfo: (_context, resource) => ({
            scope: 'report',
            audience: resource === RESOURCE ? AUDIENCE : resource,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg } },
          }),
        },
      },
    });
    this.handle = provider.callback();
  }

  /** An access token that a service gets for itself. */
  async serviceToken(client = 'treasury', resource = RESOURCE): Promise<string> {
    const basic = Buffer.from(`${client}:${SECRET}`).toString('base64');
    const body = { grant_type: 'client_credentials', resource, scope: 'report' };
    return (await this.token(body, { authorization: `Basic ${basic}` })).access_token;
  }

  /** The tokens that a person gets who signs in at the provider's pages, by the code flow. */
  async personTokens(login: string): Promise<{ readonly access_token: string; readonly id_token: string }> {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      ...{ client_id: 'pages', response_type: 'code', redirect_uri: CALLBACK, resource: RESOURCE },
      ...{ scope: 'openid report', code_challenge_method: 'S256' },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    const browser = new Browser();
    let at = await browser.follow(`${this.issuer}/auth?${query.toString()}`, CALLBACK);
    for (const form of [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }])
      at = await browser.follow(at, CALLBACK, new URLSearchParams(form as Record<string, string>));
    const code = new URL(at).searchParams.get('code') ?? '';
    const grant = { grant_type: 'authorization_code', client_id: 'pages', redirect_uri: CALLBACK };
    return this.token({ ...grant, code, code_verifier: verifier, resource: RESOURCE });
  }

  /** How often its keys were asked for. */
  get fetches(): number {
    return this.asked.filter((path) => path === '/jwks').length;
  }

  /** Nobody answers on its port. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  async up(): Promise<void> {
    await listen(this.server, this.port);
  }

  private async token(
    body: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly access_token: string; readonly id_token: string }> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(body),
    });
    if (!response.ok) throw new Error(`${String(response.status)} ${await response.text()}`);
    return (await response.json()) as { access_token: string; id_token: string };
  }
}

/** A token of our own making, as the provider would sign it, or as it would not. */
export function forged(
  { kid, alg, privateKey }: SigningKey,
  claims: JWTPayload,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ aud: AUDIENCE, iat: now, exp: now + 600, ...claims })
    .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
    .sign(privateKey);
}

/** Follows redirects as a browser does, with its cookies. */
class Browser {
  private readonly cookies = new Map<string, string>();

  /** Gets, or posts a form, and goes where it is sent until a page comes, or a place that begins so. @returns where it is */
  async follow(from: string, until: string, form?: URLSearchParams): Promise<string> {
    let address = from;
    let body = form;
    for (;;) {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response: Response = await fetch(address, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { cookie },
        ...(body !== undefined && { body }),
      });
      for (const each of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (each.split(';')[0] ?? '').split('=');
        this.cookies.set(name, value);
      }
      await response.arrayBuffer();
      if (response.status >= 400) throw new Error(`${address}: ${String(response.status)}`);
      const location = response.headers.get('location');
      if (location === null) return address;
      address = new URL(location, address).href;
      body = undefined;
      if (address.startsWith(until)) return address;
    }
  }
}

/** Loads the provider, which warns of what it is used for here, and of Node 20. */
function quietly(): typeof import('oidc-provider').default {
  const { warn } = console;
  console.warn = () => undefined;
  // Its own warnings come when it is first used; they are of no use to who runs the tests.
  setImmediate(() => (console.warn = warn));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it warns while it is loaded
  return (require('oidc-provider') as typeof import('oidc-provider')).default;
}

function listen(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
