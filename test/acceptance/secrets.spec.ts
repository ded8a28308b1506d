import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { needs } from '../support/needs';
import { serverLacks } from '../support/servers';
import { ManyMachines } from './support/many-machines';

jest.setTimeout(120_000);

const dist = path.resolve(__dirname, '../../dist/apps');
const PROGRAMS = {
  api: [path.join(dist, 'api/src/main.js')],
  relay: [path.join(dist, 'worker/src/main.js'), '--relay'],
  worker: [path.join(dist, 'worker/src/main.js')],
} as const;

const SECRETS = { log: 'geheim-log', views: 'geheim-views', traces: 'geheim-traces', kafka: 'geheim-kafka' };
/** Nobody listens on the port of discard. */
const NOBODY = '127.0.0.1:9';

/** A program, and all that it prints. */
class Started {
  printed = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<unknown>;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const base = { PATH: process.env.PATH ?? '', PORT: '0', JEJAK_MODE: 'distributed' };
    const env = { ...base, JEJAK_LOG_LEVEL: 'trace', JEJAK_HEALTH_PORT: '0', ...environment };
    this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }

  /** What it prints that matches, once it has. */
  async says(pattern: RegExp): Promise<string> {
    for (let attempt = 0; attempt < 600; attempt++) {
      const found = pattern.exec(this.printed);
      if (found !== null) return found[1] ?? found[0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`it did not say ${String(pattern)}:\n${this.printed}`);
  }
}

const told = (text: string): readonly string[] =>
  Object.values(SECRETS).filter((secret) => text.includes(secret));

describe('what is printed where a server is away', () => {
  const log = `esdb://admin:${SECRETS.log}@${NOBODY}?tls=false`;
  const views = `mongodb://jejak:${SECRETS.views}@${NOBODY}/jejak`;
  const all = { EVENTSTORE_URL: log, MONGODB_URL: views, KAFKA_BROKERS: NOBODY };

  const wrong = {
    EVENTSTORE_URL: log.replace('esdb', 'tcp'),
    MONGODB_URL: views.replace('mongodb', 'http'),
    KAFKA_BROKERS: `jejak:${SECRETS.kafka}@kafka:9092`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `x://jejak:${SECRETS.traces}@collector`,
  };

  // A relay is the worker's program, and begins as a worker does.
  it.each<[what: string, program: keyof typeof PROGRAMS, environment: Record<string, string>]>([
    ['addresses at which nobody listens', 'api', all],
    ['addresses at which nobody listens', 'worker', all],
    ['values that are none', 'api', wrong],
    ['values that are none', 'worker', wrong],
    [
      'a password that breaks the address',
      'worker',
      { ...all, MONGODB_URL: `mongodb://j:/${SECRETS.views}@%zz` },
    ],
  ])('with %s, the %s says so and tells no password', async (_, program, environment) => {
    const started = new Started(PROGRAMS[program], environment);
    await started.ended;
    expect(started.printed.length).toBeGreaterThan(10);
    expect(told(started.printed)).toEqual([]);
  });
});

const lacking = (['kafka', 'mongodb'] as const).map(serverLacks).find((each) => each !== undefined);

needs(
  'kafka',
  lacking === undefined,
  lacking ?? '',
)('what is printed where a server goes away', () => {
  it('is no password, of no program, on any level', async () => {
    const machines = await ManyMachines.start();
    const address = machines.environment.EVENTSTORE_URL ?? '';
    const environment = {
      ...machines.environment,
      EVENTSTORE_URL: address.replace('esdb://', `esdb://admin:${SECRETS.log}@`),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://jejak:${SECRETS.traces}@${NOBODY}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      JEJAK_SAMPLE: 'no',
    };
    const started = Object.values(PROGRAMS).map((args) => new Started(args, environment));
    try {
      const [api, relay, worker] = started as [Started, Started, Started];
      const [url] = await Promise.all([
        api.says(/listens on (http:\S+)/),
        relay.says(/is ready/),
        worker.says(/is ready/),
      ]);
      expect((await fetch(`${url}/v1/programmes`)).status).toBe(200);
      await api.says(/spans could not be sent/);
      await machines.stop();
      const body = JSON.stringify({ login: 'nobody', password: 'no-password' });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/v1/session`, { method: 'POST', headers, body });
      const ready = await fetch(`${url}/health/ready`);
      const answer = await ready.text();
      expect([ready.status, told(answer)]).toEqual([503, []]);
      expect(JSON.parse(answer)).toMatchObject({ log: { writes: false, reason: expect.any(String) } });
    } finally {
      await Promise.all(started.map((each) => each.stop()));
    }
    for (const { printed } of started) expect(told(printed)).toEqual([]);
  });
});
