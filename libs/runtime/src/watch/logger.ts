import pino, { type Logger } from 'pino';
import type { Config } from '../config';
import { scrubber } from './scrub';
import { traceIdOf } from './traceparent';
import type { Stopped } from '../worker/messages';
import type { Watch } from './watch';

/** Lines of JSON on standard output, one for each thing that happened, without any secret of the configuration. */
export function openLogger(config: Config): Logger {
  // Nobody has to read what it prints: a reader that has gone is no reason to stop.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // Synchronous, since the other kind, ended with lines in hand that it cannot write, waits for ever.
  const destination = pino.destination({ dest: 1, sync: true });
  const scrub = scrubber(config);
  return pino({ level: config.logLevel }, { write: (line: string) => void destination.write(scrub(line)) });
}

/** Logs how a command went that no request brought; nothing where the level asks for less. */
export function commandLog(logger: Logger): Watch['onCommand'] {
  if (!logger.isLevelEnabled('info')) return undefined;
  return ({ traceparent, ...told }) => logger.info({ ...told, ...traceIdOf(traceparent) }, 'command');
}

/** Logs that a view or a process has stopped for a programme, with what ties it to the request that it began with. */
export function logStopped(logger: Logger, { what, name, traceparent, ...stopped }: Stopped): void {
  logger.error(
    { [what]: name, ...stopped, ...traceIdOf(traceparent) },
    `a ${what} takes no further event of a programme`,
  );
}
