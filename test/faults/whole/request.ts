import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation';
import { PASSWORD, PEOPLE } from './city';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export type Person = keyof typeof PEOPLE;

/** Milliseconds in which a request must be answered, one way or another. */
const PATIENCE = 60_000;

/** Of what an api says by 503 or 409, what it may say while servers are away, slow or cut off: the same again may go better. */
const HONEST = new Set([
  'log-unavailable',
  'outcome-unknown',
  'storage-unavailable',
  'view-behind',
  'view-rebuilding',
  'past-busy',
  'contention',
]);

/** Sends requests to one api after the other, as somebody; and sees to it that what they say is honest. */
export class Requests {
  /** how often each honest "not now" was given, by its code */
  readonly notNow = new Map<string, number>();
  readonly violations: string[] = [];
  private readonly tokens = new Map<Person, string>();
  private serial = 0;

  constructor(private readonly installation: Installation) {}

  /**
   * The answer to a request, once there is one: it is sent again as long as no api answers, or one says that it cannot
   * do it now.
   */
  async answered(person: Person, method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    for (let attempt = 0; ; attempt++) {
      const reply = await this.once(person, method, path, options);
      if (reply !== undefined) return reply;
      await sleep(Math.random() * Math.min(1_000, 50 * 2 ** attempt));
    }
  }

  /** The answer to a request; undefined where no api answers, or one says that it cannot do it now. */
  async once(
    person: Person,
    method: string,
    path: string,
    { key, body }: RequestOptions = {},
  ): Promise<Reply | undefined> {
    const token = this.tokens.get(person);
    if (token === undefined) {
      await this.signIn(person);
      return undefined;
    }
    const reply = await this.send(
      method,
      path,
      {
        authorization: `Bearer ${token}`,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body,
    );
    // What a store loses that is killed may be the sign-in of a moment ago.
    if (reply?.status === 401) this.tokens.delete(person);
    return reply?.status === 401 ? undefined : reply;
  }

  private async signIn(person: Person): Promise<void> {
    const { login } = PEOPLE[person];
    const body = JSON.stringify({ login, password: PASSWORD });
    const reply = await this.send('POST', '/v1/session', { 'content-type': 'application/json' }, body);
    if (reply === undefined) return;
    const { accessToken } = JSON.parse(reply.body) as { accessToken?: string };
    if (accessToken === undefined) this.violations.push(`signing in is answered ${reply.body}`);
    else this.tokens.set(person, accessToken);
  }

  private async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Reply | undefined> {
    const url = await this.installation.url(this.serial++);
    const began = performance.now();
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(url + path, {
        method,
        headers,
        signal,
        ...(body !== undefined && { body }),
      });
      const reply = { status: response.status, body: await response.text() };
      return this.isNotNow(reply, response.headers, `${method} ${path}`) ? undefined : reply;
    } catch {
      // An api that was killed does not answer; one that lives must.
      if (performance.now() - began >= PATIENCE)
        this.violations.push(`${method} ${path} is not answered by ${url}`);
      return undefined;
    }
  }

  private isNotNow({ status, body }: Reply, headers: Headers, what: string): boolean {
    if (status !== 503 && status !== 409) return false;
    const { code = '' } = JSON.parse(body) as { readonly code?: string };
    this.notNow.set(code, (this.notNow.get(code) ?? 0) + 1);
    if (!HONEST.has(code)) this.violations.push(`${what} is answered ${String(status)}: ${body}`);
    if (status === 503 && headers.get('retry-after') === null)
      this.violations.push(`${what} is answered ${code} without Retry-After`);
    return true;
  }
}

export interface RequestOptions {
  readonly key?: string;
  /** JSON */
  readonly body?: string;
}
