import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { LOGGER } from '../tokens';
import { tiesOf } from './watched';
import { problemOf } from './problem';
import { languageOf } from './language';

/** Answers an error with its problem document; what should not happen is logged, with its stack. */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): void {
  const { document, headers } = problemOf(error, languageOf(request.headers['accept-language']), request.id);
  if (document.status >= 500) {
    const level = document.code === 'internal' ? 'error' : 'warn';
    logger[level]({ err: error, ...tiesOf(request), code: document.code }, 'request failed');
  }
  if (reply.sent) return;
  void reply
    .code(document.status)
    .headers(headers)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language')
    .send(JSON.stringify(document));
}

/** Every error of every route, of guards and of the body's parsing. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}
