import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { correlationOf, type Jejak } from '@jejak/runtime';
import { UNWATCHED, type Watch } from '@jejak/runtime/watch';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Logger as NestPino } from 'nestjs-pino';
import type { Logger } from 'pino';
import { AppModule } from './app.module';
import { registerParsers } from './http/parsers';
import { sendProblem } from './http/problem.filter';
import { logRequests, watchRequests } from './http/watched';
import { openApiDocument } from './openapi';

/** A code takes 80 characters; percent-encoded they may be three times as many. */
const LONGEST_PARAMETER = 300;

/** What a browser is told of every answer: what helmet would say, which works it out anew each time. */
const SECURITY: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The id that ties a request to its events and log lines: the caller's own where it sends a UUID or a trace id. */
export function correlationIdOf({ headers }: IncomingMessage): string {
  return correlationOf(headers['x-correlation-id'], headers.traceparent) ?? randomUUID();
}

/** The HTTP application around a Jejak, not yet listening. It closes the Jejak when it is closed. */
export async function createApp(
  jejak: Jejak,
  logger: Logger,
  watch: Watch = UNWATCHED,
): Promise<NestFastifyApplication> {
  const { config } = jejak;
  const adapter = new FastifyAdapter({
    bodyLimit: config.bodyBytes,
    // As many addresses as there are proxies, from the right: what stands further left was written by the caller.
    trustProxy: config.trustProxy > 0 && ((_address, hop) => hop < config.trustProxy),
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    requestIdHeader: false,
    genReqId: correlationIdOf,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply, logger),
    // Who has a connection is answered while it stops, and then told that the connection ends.
    return503OnClosing: false,
    // A slow sender may not hold a connection for ever.
    requestTimeout: 120_000,
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class
  const options: NestApplicationOptions = { bodyParser: false, bufferLogs: true, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(jejak, logger),
    adapter,
    options,
  );
  app.useLogger(app.get(NestPino));
  const fastify: FastifyInstance = adapter.getInstance<FastifyInstance>();
  registerParsers(fastify);
  watchRequests(fastify, watch);
  logRequests(fastify, logger);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY).header('x-correlation-id', request.id);
    done();
  });
  let document: string | undefined;
  fastify.get('/v1/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(app, config.oidcIssuer));
    void reply.type('application/json; charset=utf-8').send(document);
  });
  app.enableShutdownHooks([]);
  return app;
}
