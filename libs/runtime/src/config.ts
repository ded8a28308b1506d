import path from 'node:path';
import { z } from 'zod';
import { isIssuer } from './oidc/address';

/** One variable of the environment: the configuration reference of the README is written from these. */
export interface Setting<T = unknown> {
  readonly variable: string;
  /** what holds when the variable is not set, as one would write it there */
  readonly fallback: string;
  readonly description: string;
  readonly schema: z.ZodType<T, string>;
  /** its value may hold a password, and is never told */
  readonly secret?: true;
}

function setting<T>(
  variable: string,
  fallback: string,
  description: string,
  schema: z.ZodType<T, string>,
): Setting<T> {
  return { variable, fallback, description, schema };
}

function secret<T>(...given: Parameters<typeof setting<T>>): Setting<T> {
  return { ...setting(...given), secret: true };
}

/** An address of one of these schemes, or nothing. */
function address(...schemes: readonly string[]): z.ZodType<string, string> {
  const sentence = `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const known = (value: string): boolean => schemes.some((scheme) => value.startsWith(`${scheme}://`));
  return z.string().refine((value) => value === '' || known(value), sentence);
}

function whole(least: number, most: number): z.ZodType<number, string> {
  const sentence = `a whole number from ${String(least)} to ${String(most)}`;
  return z
    .string()
    .regex(/^[0-9]{1,15}$/, sentence)
    .transform(Number)
    .refine((value) => value >= least && value <= most, sentence);
}

const ports = whole(0, 65_535);
const yesOrNo = z.enum(['yes', 'no'], 'yes or no').transform((word) => word === 'yes') satisfies z.ZodType<
  boolean,
  string
>;
const proxies = z
  .string()
  .regex(/^(yes|no|[0-9])$/, 'yes, no, or how many proxies (0 to 9)')
  .transform((word) => (word === 'yes' ? 1 : word === 'no' ? 0 : Number(word)));
const text = z.string().min(1, 'some text');
const logLevel = z.enum(
  ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  'fatal, error, warn, info, debug, trace or silent',
);

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every variable that Jejak reads, by the name it has in the configuration. */
export const SETTINGS = {
  port: setting('PORT', '3000', 'the TCP port to listen on; 0 takes a free one and prints it', ports),
  host: setting(
    'HOST',
    '127.0.0.1',
    'the address to listen on; 0.0.0.0 takes calls from other machines (put TLS in front of it)',
    text,
  ),
  dataDirectory: setting(
    'JEJAK_DATA',
    './data',
    'the directory that holds everything: the log, the views, the accounts and the evidence files',
    text.transform((value) => path.resolve(value)),
  ),
  production: setting(
    'NODE_ENV',
    'development',
    '`production` never loads the sample; `development` and `test` load it into an empty data directory',
    z
      .enum(['production', 'development', 'test'], 'production, development or test')
      .transform((value) => value === 'production'),
  ),
  sample: setting('JEJAK_SAMPLE', 'yes', '`no` starts empty even outside production', yesOrNo),
  accessTokenSeconds: setting(
    'JEJAK_ACCESS_TOKEN_SECONDS',
    '600',
    'how long an access token is good for, in seconds; rights are checked anew on every request',
    whole(10, 86_400),
  ),
  refreshTokenSeconds: setting(
    'JEJAK_REFRESH_TOKEN_SECONDS',
    '1209600',
    'how long a session lasts without a sign-in, in seconds (14 days)',
    whole(60, 31_536_000),
  ),
  issuer: setting('JEJAK_ISSUER', 'jejak', 'the issuer that tokens name, and that is demanded of them', text),
  audience: setting(
    'JEJAK_AUDIENCE',
    'jejak-api',
    'the audience that tokens name, and that is demanded of them',
    text,
  ),
  oidcIssuer: setting(
    'JEJAK_OIDC_ISSUER',
    '',
    'the identity provider (OpenID Connect) whose access tokens are taken too: its issuer, to the letter',
    z
      .string()
      .refine(
        (value) => value === '' || isIssuer(value),
        'an address that begins with https:// (http:// only on this machine), without query and fragment',
      ),
  ),
  oidcAudience: setting(
    'JEJAK_OIDC_AUDIENCE',
    'jejak-api',
    'the audience that is demanded of the identity provider’s tokens',
    text,
  ),
  localSignIn: setting(
    'JEJAK_LOCAL_SIGN_IN',
    'yes',
    '`no` takes tokens of the identity provider only: nobody signs in with a password',
    yesOrNo,
  ),
  bodyBytes: setting(
    'JEJAK_BODY_BYTES',
    String(MIB),
    'the largest body of a request, in bytes; files have limits of their own',
    whole(KIB, 64 * MIB),
  ),
  importBytes: setting(
    'JEJAK_IMPORT_BYTES',
    String(64 * MIB),
    'the largest file that can be imported over HTTP, in bytes',
    whole(KIB, 1024 * MIB),
  ),
  evidenceBytes: setting(
    'JEJAK_EVIDENCE_BYTES',
    String(20 * MIB),
    'the largest file of evidence, in bytes',
    whole(KIB, 1024 * MIB),
  ),
  ratePerMinute: setting(
    'JEJAK_RATE_PER_MINUTE',
    '1200',
    'requests that one account (or one address, before signing in) may make in a minute; 0 sets no limit',
    whole(0, 100_000_000),
  ),
  signInsPerMinute: setting(
    'JEJAK_SIGN_INS_PER_MINUTE',
    '10',
    'attempts to sign in that one address may make in a minute, and ten times as many for one login; 0 sets no limit',
    whole(0, 1_000_000),
  ),
  trustProxy: setting(
    'JEJAK_TRUST_PROXY',
    'no',
    'how many proxies stand in front (`yes` is 1): the caller’s address is what the first of them added to X-Forwarded-For',
    proxies,
  ),
  waitMilliseconds: setting(
    'JEJAK_WAIT_MILLISECONDS',
    '5000',
    'how long a question with ?after= waits for the views, in milliseconds',
    whole(0, 60_000),
  ),
  stopSeconds: setting(
    'JEJAK_STOP_SECONDS',
    '20',
    'how long a stop waits for requests under way, in seconds',
    whole(1, 600),
  ),
  historyAnswers: setting(
    'JEJAK_HISTORY_ANSWERS',
    '8',
    'states of the past (?knownAt=) that are kept folded in memory',
    whole(1, 1000),
  ),
  mode: setting(
    'JEJAK_MODE',
    'embedded',
    '`embedded`: everything on this machine; `distributed`: on EventStoreDB, Kafka and MongoDB',
    z.enum(['embedded', 'distributed'], 'embedded or distributed'),
  ),
  eventStoreUrl: secret(
    'EVENTSTORE_URL',
    '',
    'distributed: the connection string of EventStoreDB, with TLS and credentials',
    address('esdb', 'esdb+discover'),
  ),
  kafkaBrokers: setting(
    'KAFKA_BROKERS',
    '',
    'distributed: some brokers, as host:port, with commas between them',
    z
      .string()
      .regex(/^([^\s,:]+:[0-9]{1,5}(,[^\s,:]+:[0-9]{1,5})*)?$/, 'host:port, with commas between several')
      .transform((value) => (value === '' ? [] : value.split(','))),
  ),
  kafkaSsl: setting('KAFKA_SSL', 'no', 'distributed: `yes` reaches the brokers by TLS', yesOrNo),
  kafkaSslCa: setting(
    'KAFKA_SSL_CA',
    '',
    'distributed: a file of certificates (PEM) by which brokers are known, in place of those that Node.js knows',
    z.string(),
  ),
  kafkaSaslMechanism: setting(
    'KAFKA_SASL_MECHANISM',
    '',
    'distributed: how one signs in at the brokers, where one has to: `plain`, `scram-sha-256` or `scram-sha-512`',
    z.enum(['', 'plain', 'scram-sha-256', 'scram-sha-512'], 'plain, scram-sha-256 or scram-sha-512'),
  ),
  kafkaUsername: setting('KAFKA_USERNAME', '', 'distributed: who signs in at the brokers', z.string()),
  kafkaPassword: secret('KAFKA_PASSWORD', '', 'distributed: the password of `KAFKA_USERNAME`', z.string()),
  mongoUrl: secret(
    'MONGODB_URL',
    '',
    'distributed: the connection string of MongoDB; the database that it names, or `jejak`',
    address('mongodb', 'mongodb+srv'),
  ),
  kafkaPrefix: setting(
    'JEJAK_KAFKA_PREFIX',
    'jejak',
    'distributed: what the names of topics and consumer groups begin with, for several installations on one Kafka',
    z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,79}$/, 'letters, digits, dots and dashes, at most 80'),
  ),
  partitions: setting(
    'JEJAK_PARTITIONS',
    '16',
    'distributed: partitions of the topic of events where it has to be made: the most workers that share the work',
    whole(1, 1_000),
  ),
  kafkaSessionMilliseconds: setting(
    'JEJAK_KAFKA_SESSION_MILLISECONDS',
    '6000',
    'distributed: how long a relay or worker that gives no sign of life is waited for before another takes over',
    whole(500, 300_000),
  ),
  healthPort: setting(
    'JEJAK_HEALTH_PORT',
    '',
    'a port of `HOST` on which api, worker and relay each serve `/health/live`, `/health/ready` and `/metrics`, to whoever reaches it; 0 takes a free one and prints it, none where it is not set',
    z
      .string()
      .refine((value) => value === '' || ports.safeParse(value).success, 'a whole number from 0 to 65535')
      .transform((value) => (value === '' ? undefined : Number(value))),
  ),
  tracesEndpoint: secret(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    'where traces are sent (OTLP over HTTP); OpenTelemetry’s other variables hold, too',
    address('http', 'https'),
  ),
  serviceName: setting(
    'OTEL_SERVICE_NAME',
    '',
    'what traces say that they are of; `jejak-api`, `jejak-worker` or `jejak-relay` where it is not set',
    z.string(),
  ),
  logLevel: setting(
    'JEJAK_LOG_LEVEL',
    'warn',
    'what is written to standard output: `info` adds a line for each request and command',
    logLevel,
  ),
} as const;

type Settings = typeof SETTINGS;

/** The configuration: every setting, read and checked. */
export type Config = { readonly [K in keyof Settings]: z.output<Settings[K]['schema']> };

/** A variable of the environment has a value that cannot be used. The message is a sentence for the operator. */
export class BadConfig extends Error {
  readonly code = 'bad-config';
}

/**
 * Reads the configuration.
 *
 * @param environment usually `process.env`; an empty value counts as not set
 * @returns the configuration, and a sentence for each JEJAK_ variable that means nothing here
 * @throws BadConfig naming each bad value
 */
export function readConfig(environment: NodeJS.ProcessEnv): {
  readonly config: Config;
  readonly warnings: readonly string[];
} {
  const wrong: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(SETTINGS)) {
    const { variable, fallback, schema } = each as Setting;
    const given = environment[variable];
    const value = given === undefined || given === '' ? fallback : given;
    const parsed = schema.safeParse(value);
    if (parsed.success) config[name] = parsed.data;
    else {
      // Wherever an address is written, it may be one with a password.
      const mayBeSecret = each.secret === true || value.includes('@');
      const told = mayBeSecret ? 'not what it may be' : `"${value}"`;
      wrong.push(
        `${variable} is ${told}; it must be ${parsed.error.issues[0]?.message ?? 'something else'}.`,
      );
    }
  }
  const read = config as Config;
  if (read.mode === 'distributed') {
    for (const name of ['eventStoreUrl', 'kafkaBrokers', 'mongoUrl'] as const) {
      // One that could not be read was told already.
      const given = config[name] as Config[typeof name] | undefined;
      if (given?.length === 0) wrong.push(`JEJAK_MODE is distributed: set ${SETTINGS[name].variable}, too.`);
    }
  }
  const signsIn = [read.kafkaSaslMechanism, read.kafkaUsername, read.kafkaPassword].map(
    (each) => each !== '',
  );
  if (signsIn.includes(true) && signsIn.includes(false))
    wrong.push(
      'KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD go together: set all three, or none.',
    );
  if (read.kafkaSslCa !== '' && !read.kafkaSsl)
    wrong.push('KAFKA_SSL_CA is set, and KAFKA_SSL is not yes: nothing would be checked by it.');
  if (config.localSignIn === false && read.oidcIssuer === '')
    wrong.push('JEJAK_LOCAL_SIGN_IN is no: set JEJAK_OIDC_ISSUER, too, or nobody can sign in.');
  if (read.oidcIssuer !== '' && read.oidcIssuer === read.issuer)
    wrong.push('JEJAK_ISSUER and JEJAK_OIDC_ISSUER are the same: give our own tokens another issuer.');
  if (wrong.length > 0) throw new BadConfig(wrong.join('\n'));
  const known = new Set<string>(Object.values(SETTINGS).map(({ variable }) => variable));
  const warnings = Object.keys(environment)
    .filter((variable) => variable.startsWith('JEJAK_') && !known.has(variable))
    .map((variable) => `${variable} is set, but Jejak knows no such variable.`);
  return { config: read, warnings };
}

/** The configuration of an installation in a directory, all else as by default: for tools and tests. */
export function configFor(dataDirectory: string, more: Partial<Config> = {}): Config {
  return { ...readConfig({ JEJAK_DATA: dataDirectory }).config, ...more };
}

/** The settings as a Markdown table. */
export function settingsTable(): string {
  const rows = Object.values(SETTINGS).map(
    ({ variable, fallback, description }) =>
      `| \`${variable}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${description} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
