import { type Span, traceIdOf, validTraceparent, type Watch } from '@jejak/runtime/watch';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

declare module 'fastify' {
  interface FastifyRequest {
    span?: Span;
  }
}

/** A route as its template, so that there are as many as routes; not what a caller wrote. */
const templateOf = ({ routeOptions }: FastifyRequest): string => routeOptions.url ?? 'none';

/** Measures and traces every request, where that was asked for; those for the health only are not traced. */
export function watchRequests(fastify: FastifyInstance, { metrics, tracing }: Watch): void {
  if (tracing !== undefined) {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const route = templateOf(request);
      if (!route.startsWith('/health/')) {
        const attributes = { 'http.request.method': request.method, 'http.route': route };
        const { traceparent } = request.headers;
        const parent = typeof traceparent === 'string' ? traceparent : undefined;
        request.span = tracing.start(`${request.method} ${route}`, 'server', parent, {
          ...attributes,
          'jejak.correlation_id': request.id,
        });
      }
      done();
    });
  }
  if (metrics === undefined && tracing === undefined) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, span } = request;
    const { statusCode: status } = reply;
    metrics?.observe(
      'jejak_http_request_duration_seconds',
      { method, route: templateOf(request), status },
      reply.elapsedTime / 1_000,
    );
    span?.set({ 'http.response.status_code': status });
    span?.end(status >= 500 ? { code: String(status) } : undefined);
    done();
  });
}

/**
 * A line for each request, where the level asks for it. Of its address only the path of a route that there is: what else
 * a caller writes, and the query, may hold anything.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = request.is404 ? undefined : request.url.split('?')[0];
    const took = Math.round(reply.elapsedTime * 10) / 10;
    const line = { ...tiesOf(request), method: request.method, path, status: reply.statusCode, took };
    logger.info(line, 'request');
    done();
  });
}

/** What ties a line of the log to a request, and to all that came of it. */
export function tiesOf(request: FastifyRequest): {
  readonly correlationId: string;
  readonly traceId?: string;
} {
  return { correlationId: request.id, ...traceIdOf(traceparentOf(request)) };
}

/** W3C Trace Context of what is done for a request: of its span, else what the caller sent. */
export function traceparentOf({ span, headers }: FastifyRequest): string | undefined {
  return span === undefined ? validTraceparent(headers.traceparent) : span.traceparent;
}
