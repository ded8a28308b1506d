import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { needs } from './needs';

export type ServerName = 'kafka' | 'mongodb' | 'eventstoredb';

/** Where each server's address is looked for first: so a suite runs against one that is there already. */
const VARIABLES = { kafka: 'KAFKA_BROKERS', mongodb: 'MONGODB_URL', eventstoredb: 'EVENTSTORE_URL' } as const;

export const isServer = (name: string): name is ServerName => name in VARIABLES;

/** Names the directory in which those servers are kept that all workers of a test run share. */
export const SHARED = 'JEJAK_TEST_SERVERS';

/** The program that starts servers, from our source as from our build. */
const PROGRAM = path.resolve(
  __dirname,
  __filename.endsWith('.ts') ? '../..' : '../../..',
  'infra/servers/servers.mjs',
);

/** Fetching them, the first time, takes longest. */
const START_TIMEOUT = 300_000;

/** Why the server cannot be had on this machine; undefined where it can. */
export function serverLacks(name: ServerName): string | undefined {
  if (process.env[VARIABLES[name]] !== undefined) return undefined;
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'lacks', name], { encoding: 'utf8' });
  return stdout === '' ? undefined : stdout;
}

/**
 * A suite that needs a server: `describeWith('kafka', 'the feed', (address) => { ... })`; `address` gives it once tests
 * run. Where the server cannot be had the suite is skipped, and says so; in CI it fails.
 */
export function describeWith(name: ServerName, title: string, suite: (address: () => string) => void): void {
  const lacking = serverLacks(name);
  needs(
    name,
    lacking === undefined,
    lacking ?? '',
  )(title, () => {
    let address = '';
    beforeAll(async () => {
      address = await serverAddress(name);
    }, START_TIMEOUT);
    suite(() => address);
  });
}

/**
 * The address of a server: from the environment, else of one that is started now, and shared by all that run in this
 * test run.
 */
export async function serverAddress(name: ServerName): Promise<string> {
  return process.env[VARIABLES[name]] ?? started(name, sharedDirectory(), []);
}

export interface OwnServerOptions {
  readonly port?: number;
  /** kafka: the port that clients are sent to, where a proxy stands before the broker */
  readonly advertisedPort?: number;
  /** kafka: clients come by TLS, as this user with this password (with a colon between them) */
  readonly secure?: string;
  /** mongodb, eventstoredb: keeps the data in this file, in memory otherwise */
  readonly file?: string;
}

/** A server of a test's own, to be killed and started again: its data, where it keeps any, is then there. */
export class OwnServer {
  private constructor(
    private readonly name: ServerName,
    private readonly directory: string,
    private readonly options: OwnServerOptions,
    readonly address: string,
  ) {}

  static async start(name: ServerName, options: OwnServerOptions = {}): Promise<OwnServer> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), `jejak-${name}-`));
    const address = await started(name, directory, argumentsOf(options));
    const port = options.port ?? known(directory, name).port;
    return new OwnServer(name, directory, { ...options, port }, address);
  }

  /** The port that it listens on, also after a restart. */
  get port(): number {
    return this.options.port as number;
  }

  /** The certificate of a server that clients reach by TLS. */
  get certificate(): string {
    return path.join(this.directory, this.name, 'ca.pem');
  }

  /** SIGKILL, as by a loss of power; resolves when the process is gone. */
  async kill(): Promise<void> {
    process.kill(known(this.directory, this.name).pid, 'SIGKILL');
    await program(['kill', this.name, '--state', this.directory]);
  }

  /** Holds the process without ending it: connections stay open and nothing answers. */
  freeze(): void {
    process.kill(known(this.directory, this.name).pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(known(this.directory, this.name).pid, 'SIGCONT');
  }

  /** Starts it again where it was, after a kill. */
  async restart(): Promise<void> {
    await started(this.name, this.directory, argumentsOf(this.options));
  }

  async stop(): Promise<void> {
    await program(['kill', this.name, '--state', this.directory]);
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Stops the servers that this test run shares. */
export async function stopServers(): Promise<void> {
  const directory = process.env[SHARED];
  if (directory === undefined) return;
  await program(['stop', '--state', directory]);
  fs.rmSync(directory, { recursive: true, force: true });
  Reflect.deleteProperty(process.env, SHARED);
}

function sharedDirectory(): string {
  return (process.env[SHARED] ??= fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-servers-')));
}

function argumentsOf({ port, advertisedPort, secure, file }: OwnServerOptions): readonly string[] {
  return [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(advertisedPort === undefined ? [] : ['--advertised-port', String(advertisedPort)]),
    ...(secure === undefined ? [] : ['--secure', secure]),
    ...(file === undefined ? [] : ['--file', file]),
  ];
}

async function started(name: ServerName, directory: string, options: readonly string[]): Promise<string> {
  // A worker of jest ends before the others do; what all of them share lasts as long as jest.
  const keeper = process.env.JEST_WORKER_ID === undefined ? process.pid : (process.env.JEJAK_JEST_PID ?? '');
  const printed = await program(['start', name, '--state', directory, '--while', String(keeper), ...options]);
  const address = new RegExp(`^${VARIABLES[name]}=(.+)$`, 'm').exec(printed)?.[1];
  if (address === undefined) throw new Error(`${name} did not start: ${printed}`);
  return address;
}

function known(directory: string, name: ServerName): { readonly pid: number; readonly port: number } {
  return JSON.parse(fs.readFileSync(path.join(directory, `${name}.json`), 'utf8')) as {
    pid: number;
    port: number;
  };
}

function program(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(said));
    });
  });
}
