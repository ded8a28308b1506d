import { randomUUID } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Config, readConfig } from '@jejak/runtime/config';
import { programArguments } from '../../support/program';
import { isServer, serverAddress, serverLacks } from '../../support/servers';
import { PARTITIONS } from './events';

/** Our built program, from our source as from our own build. */
const WORKER = path.resolve(
  __dirname,
  __filename.endsWith('.ts') ? '../../../dist' : '../../..',
  'apps/worker/src/main.js',
);

/** Where the servers of a run listen. */
export interface Addresses {
  readonly kafka: string;
  readonly mongodb: string;
  readonly eventstoredb: string;
}

/**
 * The servers that the environment names, else some that are started now, and stop with this process.
 *
 * @throws Error where they cannot be had
 */
export async function addresses(): Promise<Addresses> {
  const names = ['kafka', 'mongodb', 'eventstoredb'].filter(isServer);
  const lacking = names.map(serverLacks).find((reason) => reason !== undefined);
  if (lacking !== undefined) throw new Error(lacking);
  const [kafka = '', mongodb = '', eventstoredb = ''] = await Promise.all(names.map(serverAddress));
  return { kafka, mongodb, eventstoredb };
}

/** A database, topics and groups that nobody else has; the log is that of all. */
export class Installation {
  readonly id = `b${randomUUID().slice(0, 8)}`;
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Config;
  private readonly programs: Program[] = [];

  constructor(readonly servers: Addresses) {
    const database = new URL(servers.mongodb);
    database.pathname = this.id;
    this.environment = {
      JEJAK_MODE: 'distributed',
      JEJAK_KAFKA_PREFIX: this.id,
      JEJAK_PARTITIONS: String(PARTITIONS),
      KAFKA_BROKERS: servers.kafka,
      MONGODB_URL: database.href,
      EVENTSTORE_URL: servers.eventstoredb,
    };
    this.config = readConfig(this.environment).config;
  }

  /** Starts our relay, or a worker, as it was built; resolves when it says that it is ready. */
  async start(role: 'relay' | 'worker'): Promise<void> {
    await this.run([WORKER, ...(role === 'relay' ? ['--relay'] : [])]);
  }

  /** Starts another program that says that it is ready; its path without the extension. */
  async startProgram(name: string, ...args: readonly string[]): Promise<void> {
    await this.run([...programArguments(name), ...args]);
  }

  /** Stops the programs, the last that was started first. */
  async stop(): Promise<void> {
    for (const program of this.programs.splice(0).reverse()) await program.stop();
  }

  private async run(args: readonly string[]): Promise<void> {
    const program = new Program(args, this.environment);
    this.programs.push(program);
    await program.ready;
  }
}

/** A process of Node, until it is stopped. */
class Program {
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    // What the bench itself was given is none of theirs.
    const { JEJAK_TEST_SERVERS: _, ...others } = process.env;
    const env = { ...others, NODE_ENV: 'production', ...environment };
    this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const kill = (): unknown => this.child.kill('SIGKILL');
    process.once('exit', kill);
    this.child.once('exit', () => process.off('exit', kill));
    this.ended = once(this.child, 'exit');
    this.ready = new Promise((resolve, reject) => {
      let printed = '';
      this.child.stdout?.on('data', (chunk: Buffer) => {
        printed = (printed + chunk.toString()).slice(-2_000);
        if (/\bis ready\b/.test(printed)) resolve();
      });
      void this.ended.then(() => reject(new Error(`a program ended: ${printed}`)));
    });
    // Whoever waits for it is told; afterwards its end is no failure.
    this.ready.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.ended;
  }
}
