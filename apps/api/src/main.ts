import { type Config, openByMode, readConfig, readiness } from '@jejak/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { logStopped, measureLags, openLogger, openWatch, scrubber, serveHealth } from '@jejak/runtime/watch';
import type { Logger } from 'pino';
import { createApp } from './create-app';
import { greet, sayHowToBegin } from './greeting';
import { sampleFor } from './sample';
import { startProblem } from './start-problem';
import { writeOpenApi } from './write-openapi';

/** Takes what is secret out of what is printed; all of it, once the configuration is read. */
let scrub = scrubber({});

async function main(): Promise<void> {
  // For every file that is made, and for the worker's thread too: nobody else on the machine reads them.
  process.umask(0o077);
  if (process.argv.includes('--openapi')) return writeOpenApi();
  const { config, warnings } = readConfig(process.env);
  scrub = scrubber(config);
  const logger = openLogger(config);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  const sample = config.mode === 'distributed' ? undefined : await sampleFor(config);
  const onLost = (spans: number): void => logger.warn({ spans }, 'spans could not be sent');
  const watch = openWatch(config, 'api', { onLost });
  const jejak = await openByMode(config, {
    watch,
    worker: 'thread',
    onTrouble: (what, error) => logger.error({ err: error, what }, 'the worker has trouble'),
    onStopped: (stopped) => logStopped(logger, stopped),
    onDiscarded: (reason) =>
      logger.warn({ reason }, 'the stored views could not be used, and are built anew from the log'),
  });
  const app = await createApp(jejak, logger, watch);
  const { metrics } = watch;
  if (metrics !== undefined) measureLags(metrics, jejak);
  const { host, healthPort: port } = config;
  const health =
    port === undefined
      ? undefined
      : await serveHealth({ host, port, metrics, ready: () => readiness(jejak) });
  const close = async (): Promise<void> => {
    await app.close();
    await health?.close();
    await watch.close();
  };
  stopOnSignals(app, config, logger, close);
  await app.listen(config.port, config.host);
  greet(await app.getUrl(), sample);
  if (health !== undefined) process.stdout.write(`Its health is told on ${health.url}\n`);
  if ((await jejak.credentials.accounts()).length === 0) sayHowToBegin();
}

/** Stops once, after what is under way; a second signal, or patience at its end, stops at once. */
function stopOnSignals(
  app: NestFastifyApplication,
  { stopSeconds }: Config,
  logger: Logger,
  close: () => Promise<void>,
): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopSeconds * 1000).unref();
    // A connection that was answered while this began stays open, idle, until someone closes it.
    const server = app.getHttpServer();
    setInterval(() => server.closeIdleConnections(), 50).unref();
    close().then(
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
  process.stderr.write(`${scrub(startProblem(error, process.env))}\n`);
  process.exit(1);
});
