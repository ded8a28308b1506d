import { Controller, Delete, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { foldLogin, JEJAK, type Jejak, NotSignedIn, Problem, type Tokens } from '@jejak/runtime';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problems, schemaOf } from '../http/openapi-parts';
import { bodyAs } from '../http/parsed';
import { addressKey, RateLimit } from '../http/rate-limit';

const signInSchema = z.strictObject({
  login: z.string().min(1).max(200),
  password: z.string().min(1).max(200),
});
const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(200) });

/**
 * A login may be tried as often as so many addresses may: a guesser needs many, and one alone cannot keep its owner out.
 */
const ADDRESSES = 10;

@ApiTags('session')
@Controller('v1/session')
export class SessionController {
  private readonly byAddress: RateLimit;
  private readonly byLogin: RateLimit;

  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {
    const { config, clock } = jejak;
    this.byAddress = new RateLimit(config.signInsPerMinute, clock);
    this.byLogin = new RateLimit(config.signInsPerMinute * ADDRESSES, clock);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'SignIn', summary: 'Signs in, and gives tokens.' })
  @ApiBody({ schema: schemaOf(signInSchema) })
  @ApiResponse({ status: 200, description: 'Tokens.', schema: { $ref: '#/components/schemas/Tokens' } })
  @Problems(400, 401, 403, 413, 415, 429)
  async signIn(@Req() request: FastifyRequest): Promise<Tokens> {
    count(this.byAddress, addressKey(request.ip));
    const { login, password } = bodyAs(signInSchema, request);
    count(this.byLogin, foldLogin(login));
    return this.jejak.identity.signIn(login, password);
  }

  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'RefreshSession',
    summary: 'Gives new tokens for a refresh token, which is used up.',
  })
  @ApiBody({ schema: schemaOf(refreshSchema) })
  @ApiResponse({ status: 200, description: 'Tokens.', schema: { $ref: '#/components/schemas/Tokens' } })
  @Problems(400, 401, 403, 413, 415, 429)
  async refresh(@Req() request: FastifyRequest): Promise<Tokens> {
    const { refreshToken } = bodyAs(refreshSchema, request);
    return this.jejak.identity.refresh(refreshToken);
  }

  @Delete()
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'SignOut',
    summary: 'Signs out: the tokens of this sign-in are good for nothing then.',
    description: 'What was begun at the identity provider is ended there: 409.',
  })
  @ApiResponse({ status: 204, description: 'Done.' })
  @Problems(401, 403, 409, 429, 503)
  async signOut(@Req() { verified }: FastifyRequest): Promise<void> {
    if (verified === undefined) throw new NotSignedIn('sign-in-required');
    const { session, subject } = verified;
    if (session === undefined) throw new Problem('session-elsewhere');
    await this.jejak.identity.signOut({ session, subject });
  }
}

/** @throws Problem `too-many-requests` */
function count(limit: RateLimit, key: string): void {
  const retryAfter = limit.hit(key);
  if (retryAfter !== undefined) throw new Problem('too-many-requests', { retryAfter });
}
