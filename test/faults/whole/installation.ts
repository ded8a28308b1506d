import { readConfig } from '@jejak/runtime';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openServers, type Servers } from '../../../libs/runtime/src/distributed/servers';
import { FaultProxy } from '../../support/fault-proxy';
import { OwnServer, type ServerName } from '../../support/servers';
import { setUp } from './city';
import { Program } from './program';

/** A server, the proxy that our programs reach it by, and the trouble that both may make. */
export interface Reached {
  readonly server: OwnServer;
  readonly proxy: FaultProxy;
}

const API = 'apps/api/src/main.js';
const WORKER = 'apps/worker/src/main.js';

/** Milliseconds after which a member of a group that gives no sign of life is replaced. */
const SESSION = 2_000;

/** Milliseconds in which everything must be up. */
const PATIENCE = 60_000;

/**
 * A whole installation on this machine: two apis, two relays and two workers as they were built, and the three servers,
 * each behind a proxy.
 */
export class Installation {
  private constructor(
    private readonly directory: string,
    readonly servers: Readonly<Record<ServerName, Reached>>,
    /** connections of the test's own, which no proxy troubles */
    readonly direct: Servers,
    readonly kafka: { readonly brokers: string; readonly topic: string },
    readonly apis: readonly Program[],
    readonly relays: readonly Program[],
    readonly workers: readonly Program[],
    /** what must not have happened */
    readonly violations: string[],
  ) {}

  static async start(): Promise<Installation> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-whole-'));
    const [kafka, mongodb, eventstoredb] = await Promise.all([
      reached('kafka', {}),
      reached('mongodb', { file: path.join(directory, 'views') }),
      reached('eventstoredb', { file: path.join(directory, 'log') }),
    ]);
    const servers = { kafka, mongodb, eventstoredb };
    const common = {
      JEJAK_MODE: 'distributed',
      NODE_ENV: 'production',
      PORT: '0',
      JEJAK_DATA: directory,
      JEJAK_PARTITIONS: '4',
      JEJAK_KAFKA_SESSION_MILLISECONDS: String(SESSION),
      JEJAK_ACCESS_TOKEN_SECONDS: '86400',
      JEJAK_RATE_PER_MINUTE: '0',
      JEJAK_SIGN_INS_PER_MINUTE: '0',
      KAFKA_BROKERS: kafka.server.address,
    };
    const proxied = {
      EVENTSTORE_URL: addressOf(eventstoredb, eventstoredb.proxy.port),
      MONGODB_URL: addressOf(mongodb, mongodb.proxy.port),
    };
    const own = { EVENTSTORE_URL: eventstoredb.server.address, MONGODB_URL: mongodb.server.address };
    const { config } = readConfig({ ...common, ...own });
    const direct = await openServers(config, Date.now);
    await setUp(direct);
    const violations: string[] = [];
    const environment = { PATH: process.env.PATH, ...common, ...proxied };
    const pair = (name: string, file: string, args: readonly string[]): readonly Program[] =>
      [1, 2].map(
        (n) =>
          new Program(`${name} ${String(n)}`, file, args, environment, PATTERNS, (what) =>
            violations.push(what),
          ),
      );
    const installation = new Installation(
      directory,
      servers,
      direct,
      { brokers: kafka.server.address, topic: `${config.kafkaPrefix}.events.v1` },
      pair('api', API, []),
      pair('relay', WORKER, ['--relay']),
      pair('worker', WORKER, []),
      violations,
    );
    installation.programs.forEach((each) => each.start());
    await installation.isUp();
    return installation;
  }

  get programs(): readonly Program[] {
    return [...this.apis, ...this.relays, ...this.workers];
  }

  /** Resolves when the program does what it is for: of the relays, one. */
  async isUpAgain(program: Program): Promise<void> {
    if (this.apis.includes(program)) await readyAt(program);
    if (this.workers.includes(program)) await program.says('ready');
  }

  /** Resolves when all of them do. */
  async isUp(): Promise<void> {
    await Promise.all([
      ...this.programs.map((program) => this.isUpAgain(program)),
      Promise.any(this.relays.map((relay) => relay.says('ready'))),
    ]);
  }

  /** Where an api listens: one after the other, passing over one that is not up. */
  url(n: number): Promise<string> {
    const { apis } = this;
    const turn = [0, 1].map((more) => apis[(n + more) % apis.length] as Program);
    return Promise.any(turn.map((api) => urlOf(api)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((each) => each.end('SIGKILL')));
    await this.direct.close();
    for (const { server, proxy } of Object.values(this.servers)) {
      await server.stop();
      await proxy.close();
    }
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A relay is ready whenever its turn begins. */
const PATTERNS = { ready: /The \w+ is ready/, address: /listens on (http:\S+)/ };

async function reached(name: ServerName, options: { readonly file?: string }): Promise<Reached> {
  const proxy = await FaultProxy.start();
  const advertised = name === 'kafka' ? { advertisedPort: proxy.port } : {};
  const server = await OwnServer.start(name, { ...options, ...advertised });
  proxy.leadTo(server.port);
  return { server, proxy };
}

function addressOf({ server }: Reached, port: number): string {
  return server.address.replace(`:${String(server.port)}`, `:${String(port)}`);
}

const urlOf = (api: Program): Promise<string> => api.says('address');

async function readyAt(api: Program): Promise<void> {
  const until = Date.now() + PATIENCE;
  const url = await urlOf(api);
  while (!(await fetch(`${url}/health/ready`)).ok) {
    if (Date.now() > until) throw new Error(`${api.name} does not get ready`);
    await sleep(50);
  }
}
