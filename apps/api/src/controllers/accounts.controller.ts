import { Controller, Delete, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { accountCommands } from '@jejak/domain';
import {
  forgetPerson,
  INSTALLATION,
  JEJAK,
  type Jejak,
  newAccountSchema,
  oidcSubjectSchema,
  openAccount,
  type OpenedAccount,
  passwordResetSchema,
  Problem,
  questions,
  setOidcSubject,
  setPassword,
} from '@jejak/runtime';
import { NotFound } from '@jejak/views';
import type { FastifyRequest } from 'fastify';
import { CommandRoute, IdempotencyKey } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { Problems, schemaOf } from '../http/openapi-parts';
import { bodyAs } from '../http/parsed';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, keyOf, type Sent } from '../http/sent';

const kind = 'account';
const of = accountCommands;
const code = { in: 'path', name: 'subject' } as const;

@ApiTags('accounts')
@Controller('v1/accounts')
export class AccountsController extends JejakController {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {
    super();
  }

  @QuestionRoute('', questions.accounts, 'The accounts of the installation.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @Post()
  @HttpCode(201)
  @ApiOperation({ operationId: 'OpenAccount', summary: 'Opens an account.', description: 'Roles: operator.' })
  @IdempotencyKey()
  @ApiBody({ schema: schemaOf(newAccountSchema) })
  @ApiResponse({ status: 201, description: 'The receipt.', schema: { $ref: '#/components/schemas/Receipt' } })
  @Problems(400, 401, 403, 409, 413, 415, 422, 429, 503)
  open(@Req() request: FastifyRequest): Promise<OpenedAccount> {
    const { caller = {} } = request;
    const sent = { caller, key: keyOf(request), correlationId: request.id };
    return openAccount(this.jejak, sent, bodyAs(newAccountSchema, request));
  }

  @CommandRoute(':subject/closing', {
    kind,
    of,
    type: 'CloseAccount',
    code,
    summary: 'Closes an account; it counts at once.',
  })
  close(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':subject/operator', {
    kind,
    of,
    type: 'GrantOperator',
    code,
    summary: 'Makes an operator of the installation.',
  })
  grantOperator(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':subject/operator-revocation', {
    kind,
    of,
    type: 'RevokeOperator',
    code,
    summary: 'Makes an operator one no more.',
  })
  revokeOperator(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @Put(':subject/password')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'ResetPassword',
    summary: 'Sets another’s password, and ends their sessions.',
    description: 'Roles: operator.',
  })
  @ApiBody({ schema: schemaOf(passwordResetSchema) })
  @ApiResponse({ status: 204, description: 'Done.' })
  @Problems(400, 401, 403, 404, 409, 413, 415, 429, 503)
  async resetPassword(@Req() request: FastifyRequest, @Param('subject') subject: string): Promise<void> {
    const { caller = {} } = request;
    await this.jejak.guard.reader(caller, INSTALLATION, 'ResetPassword', ['operator']);
    const { password } = bodyAs(passwordResetSchema, request);
    const account = await this.jejak.credentials.bySubject(subject);
    if (account === undefined || account.login === '') throw new NotFound(`there is no account ${subject}`);
    if (!(await setPassword(this.jejak, caller.subject ?? '', account, password)))
      throw new Problem('contention');
  }

  @Put(':subject/oidc-subject')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'SetOidcSubject',
    summary: 'Says whose account it is at the identity provider; it counts from the next request.',
    description: 'Roles: operator.',
  })
  @ApiBody({ schema: schemaOf(oidcSubjectSchema) })
  @ApiResponse({ status: 204, description: 'Done.' })
  @Problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async setOidcSubject(@Req() request: FastifyRequest, @Param('subject') subject: string): Promise<void> {
    const { caller = {} } = request;
    await this.jejak.guard.reader(caller, INSTALLATION, 'SetOidcSubject', ['operator']);
    const { oidcSubject } = bodyAs(oidcSubjectSchema, request);
    if (!(await setOidcSubject(this.jejak, caller.subject ?? '', subject, oidcSubject)))
      throw new NotFound(`there is no account ${subject}`);
  }

  @Delete(':subject/directory-entry')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'ForgetPerson',
    summary:
      'Takes name, login, password and subject at the identity provider away; what the subject did stays on record.',
    description: 'Roles: operator.',
  })
  @ApiResponse({ status: 204, description: 'Done.' })
  @Problems(401, 403, 404, 429, 503)
  async forget(@Req() { caller = {} }: FastifyRequest, @Param('subject') subject: string): Promise<void> {
    await this.jejak.guard.reader(caller, INSTALLATION, 'ForgetPerson', ['operator']);
    const account = await this.jejak.credentials.bySubject(subject);
    if (account === undefined) throw new NotFound(`there is no account ${subject}`);
    await forgetPerson(this.jejak, caller.subject ?? '', subject);
  }
}

@ApiTags('accounts')
@Controller('v1/access-log')
export class AccessLogController extends JejakController {
  @QuestionRoute(
    '',
    { ...questions.accessLog, name: 'installation-access-log', readers: ['operator'] },
    'The access log of the installation.',
  )
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }
}
