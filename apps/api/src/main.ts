import { type Config, openByMode, readConfig } from '@jejak/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pino, { type Logger } from 'pino';
import { createApp } from './create-app';
import { greet, sayHowToBegin } from './greeting';
import { sampleFor } from './sample';
import { startProblem } from './start-problem';
import { writeOpenApi } from './write-openapi';

async function main(): Promise<void> {
  // For every file that is made, and for the worker's thread too: nobody else on the machine reads them.
  process.umask(0o077);
  if (process.argv.includes('--openapi')) return writeOpenApi();
  const { config, warnings } = readConfig(process.env);
  const logger = loggerTo(config);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  const sample = config.mode === 'distributed' ? undefined : await sampleFor(config);
  const jejak = await openByMode(config, {
    worker: 'thread',
    onTrouble: (what, error) => logger.error({ err: error, what }, 'the worker has trouble'),
    onStopped: ({ what, name, ...stopped }) =>
      logger.error({ [what]: name, ...stopped }, `a ${what} takes no further event of a programme`),
    onDiscarded: (reason) =>
      logger.warn({ reason }, 'the stored views could not be used, and are built anew from the log'),
  });
  const app = await createApp(jejak, logger);
  stopOnSignals(app, config, logger);
  await app.listen(config.port, config.host);
  greet(await app.getUrl(), sample);
  if ((await jejak.credentials.accounts()).length === 0) sayHowToBegin();
}

function loggerTo({ logLevel }: Config): Logger {
  // Nobody has to read what it prints: a reader that has gone is no reason to stop.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // Synchronous, since the other kind, ended with lines in hand that it cannot write, waits for ever.
  const destination = pino.destination({ dest: 1, sync: true });
  return pino({ level: logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] }, destination);
}

/** Stops once, after what is under way; a second signal, or patience at its end, stops at once. */
function stopOnSignals(app: NestFastifyApplication, { stopSeconds }: Config, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopSeconds * 1000).unref();
    // A connection that was answered while this began stays open, idle, until someone closes it.
    const server = app.getHttpServer();
    setInterval(() => server.closeIdleConnections(), 50).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${startProblem(error, process.env)}\n`);
  process.exit(1);
});
