import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { discoveryOf, isSafeAddress } from './address';

/** The provider's keys cannot be had, so that a token that needs them can be neither taken nor refused. */
export class ProviderUnavailable extends Error {
  readonly code = 'provider-unavailable';
}

/** The keys of a provider as they were fetched; another object when they have changed. */
export interface KeySet {
  readonly find: JWTVerifyGetKey;
}

/** How a provider fares. */
export interface ProviderState {
  readonly keys: boolean;
  /** why the last fetch of its keys brought none */
  readonly reason?: string;
}

/** Times in milliseconds. */
export interface ProviderTimes {
  /** how long one request to the provider may take */
  readonly timeout: number;
  /** how old keys may get before they are fetched again, while they go on to be used */
  readonly age: number;
  /** how long after a fetch a key that it did not bring leads to another one */
  readonly cooldown: number;
  /** how long after a fetch that failed there is another one */
  readonly retry: number;
}

const TIMES: ProviderTimes = { timeout: 5_000, age: 600_000, cooldown: 30_000, retry: 5_000 };

/**
 * The keys that an OpenID provider signs with, found by discovery. They are fetched when they are needed, one fetch at a
 * time, and never oftener than its times say, whatever tokens come. Keys that are known stay so while the provider is away.
 */
export class ProviderKeys {
  private readonly times: ProviderTimes;
  private known: (KeySet & { readonly text: string }) | undefined;
  private fetching: Promise<void> | undefined;
  /** when the last fetch ended, by the process's own steady clock */
  private triedAt = -Infinity;
  private trouble: string | undefined;

  constructor(
    private readonly issuer: string,
    times: Partial<ProviderTimes> = {},
  ) {
    this.times = { ...TIMES, ...times };
  }

  /** @throws ProviderUnavailable where none were ever had */
  async current(): Promise<KeySet> {
    const { age, retry } = this.times;
    const fetched = this.fetchAfter(this.trouble === undefined ? age : retry);
    if (this.known === undefined) await fetched;
    return this.known ?? this.unavailable();
  }

  /**
   * Keys that are newer than those in which one was not found; undefined where there are none.
   *
   * @throws ProviderUnavailable where that cannot be known
   */
  async newer(than: KeySet): Promise<KeySet | undefined> {
    const { cooldown, retry } = this.times;
    if (this.known === than) await this.fetchAfter(this.trouble === undefined ? cooldown : retry);
    if (this.known !== than) return this.known;
    return this.trouble === undefined ? undefined : this.unavailable();
  }

  /** Whether keys are known, and why the last fetch brought none. */
  async state(): Promise<ProviderState> {
    await this.current().catch(() => undefined);
    return { keys: this.known !== undefined, ...(this.trouble !== undefined && { reason: this.trouble }) };
  }

  private unavailable(): never {
    throw new ProviderUnavailable(this.trouble ?? 'it was not asked yet');
  }

  /** Fetches, where the last fetch is that long ago; where one is under way, waits for it. */
  private async fetchAfter(milliseconds: number): Promise<void> {
    if (this.fetching === undefined && performance.now() - this.triedAt < milliseconds) return;
    this.fetching ??= this.fetch().finally(() => {
      this.fetching = undefined;
      this.triedAt = performance.now();
    });
    await this.fetching;
  }

  /** Never throws: what went wrong is the trouble. */
  private async fetch(): Promise<void> {
    try {
      const found = (await this.read(discoveryOf(this.issuer))) as {
        readonly issuer?: unknown;
        readonly jwks_uri?: unknown;
      } | null;
      if (found?.issuer !== this.issuer)
        throw new Error(`its discovery document is of the issuer ${String(found?.issuer)}`);
      if (typeof found.jwks_uri !== 'string' || !isSafeAddress(found.jwks_uri))
        throw new Error('its discovery document names no jwks_uri that is safe');
      const keys = (await this.read(found.jwks_uri)) as JSONWebKeySet;
      const find = createLocalJWKSet(keys);
      if (keys.keys.length === 0) throw new Error('it has no keys');
      const text = JSON.stringify(keys);
      if (this.known?.text !== text) this.known = { find, text };
      this.trouble = undefined;
    } catch (error) {
      this.trouble = `the identity provider ${this.issuer}: ${reasonOf(error as Error)}`;
    }
  }

  private async read(address: string): Promise<unknown> {
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      // Whoever can redirect could name keys of their own.
      redirect: 'error',
      signal: AbortSignal.timeout(this.times.timeout),
    });
    if (response.ok) return response.json();
    await response.body?.cancel();
    throw new Error(`${address} answers ${String(response.status)}`);
  }
}

function reasonOf({ message, cause }: Error): string {
  const { code, message: deeper } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? deeper ?? message;
}
