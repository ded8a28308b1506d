import { BadConfig, type Config, readConfig } from '@jejak/runtime/config';
import { runRelayMember, runWorker, type Told } from '@jejak/runtime/distributed';
import { commandLog, logStopped, openLogger, scrubber } from '@jejak/runtime/watch';
import type { Logger } from 'pino';
import { asyncApiText } from './asyncapi';

const USAGE = `Usage: npm run worker [-- --relay | --asyncapi]

A worker of an installation on many machines (JEJAK_MODE=distributed): folds views, runs processes and carries out commands
that come over Kafka, as one of as many as there are. With --relay it carries the log to Kafka instead; of several relays one is active. With --asyncapi it
only prints the document of what may be sent to it over Kafka.
`;

/** Runs a worker as a process of its own, until it is told to stop. */
export async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.length === 1 && args[0] === '--asyncapi') {
    process.stdout.write(asyncApiText());
    return;
  }
  if (args.some((arg) => arg !== '--relay')) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  let scrub = scrubber({});
  try {
    const { config, warnings } = readConfig(process.env);
    scrub = scrubber(config);
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
    await run(config, args.includes('--relay'));
    process.exit(0);
  } catch (error) {
    const { message, stack } = error as Error;
    const isExpected = error instanceof BadConfig || 'code' in (error as Error);
    process.stderr.write(`${scrub(isExpected ? message : (stack ?? message))}\n`);
    process.exit(1);
  }
}

async function run(config: Config, isRelay: boolean): Promise<void> {
  if (config.mode !== 'distributed')
    throw new BadConfig('On one machine the worker is a thread of the api: start that. (JEJAK_MODE)');
  const logger = openLogger(config);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1);
      setTimeout(() => process.exit(1), config.stopSeconds * 1_000).unref();
      stopping.abort();
    });
  }
  const name = isRelay ? 'relay' : 'worker';
  await (isRelay ? runRelayMember : runWorker)(config, tellTo(logger, name), stopping.signal);
}

function tellTo(logger: Logger, name: string): Told {
  return {
    onReady: () => process.stdout.write(`The ${name} is ready\n`),
    onTrouble: (what, error) =>
      logger.warn({ what, reason: error.message }, `the ${name} has trouble, and tries again`),
    onStopped: (stopped) => logStopped(logger, stopped),
    onCommand: commandLog(logger),
    onWatched: (url) => process.stdout.write(`The ${name} tells of its health on ${url}\n`),
  };
}
