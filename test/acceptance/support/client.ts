import { randomUUID } from 'node:crypto';

/** What a request came to. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says by what it expects of which shape it is
  readonly body: any;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Talks to a Jejak as somebody, or as nobody. */
export class Client {
  constructor(
    readonly url: string,
    readonly token?: string,
    readonly subject = '',
  ) {}

  /** The same server, signed in. */
  async signedIn(login: string, password: string): Promise<Client> {
    const { status, body } = await this.request('POST', '/v1/session', { body: { login, password } });
    if (status !== 200) throw new Error(`signing in as ${login}: ${String(status)} ${JSON.stringify(body)}`);
    return new Client(this.url, body.accessToken as string, body.subject as string);
  }

  async request(method: string, path: string, { headers = {}, body }: RequestOptions = {}): Promise<Reply> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply> {
    return this.request('GET', path, headers === undefined ? {} : { headers });
  }

  /** A command, under a key of its own unless one is given. */
  command(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.request('POST', path, { body, headers: { 'idempotency-key': randomUUID(), ...headers } });
  }

  /** A command that must be accepted. */
  async accepted(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const reply = await this.command(path, body, headers);
    if (reply.status >= 300) {
      throw new Error(
        `${path} ${JSON.stringify(body)}: ${String(reply.status)} ${JSON.stringify(reply.body)}`,
      );
    }
    return reply;
  }
}
