import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearerOf, type Caller, JEJAK, type Jejak, Problem, type Verified } from '@jejak/runtime';
import { addressKey, RateLimit } from './rate-limit';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
    verified?: Verified;
  }
}

/**
 * At the door of every route: who calls, by the token's signature, and not too often. What a caller may do is decided
 * by the runtime's guard alone.
 */
@Injectable()
export class EntryGuard implements CanActivate {
  private readonly limit: RateLimit;

  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {
    this.limit = new RateLimit(jejak.config.ratePerMinute, jejak.clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.url.startsWith('/health/')) return true;
    let refused: Error | undefined;
    try {
      await this.identify(request);
    } catch (error) {
      refused = error as Error;
    }
    const retryAfter = this.limit.hit(request.caller?.subject ?? addressKey(request.ip));
    if (retryAfter !== undefined) throw new Problem('too-many-requests', { retryAfter });
    if (refused !== undefined) throw refused;
    return true;
  }

  private async identify(request: FastifyRequest): Promise<void> {
    const { authorization, 'jejak-agency': agency } = request.headers;
    const acting = typeof agency === 'string' && agency !== '' ? { agency } : {};
    request.caller = acting;
    if (authorization === undefined) return;
    const verified = await this.jejak.identity.verify(bearerOf(authorization));
    request.verified = verified;
    request.caller = { subject: verified.subject, ...acting };
  }
}
