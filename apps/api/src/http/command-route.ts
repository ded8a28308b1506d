import { applyDecorators, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { type CommandTypes, KEY_PATTERN } from '@jejak/runtime';
import { Problems, schemaOf } from './openapi-parts';
import { CommandMetadata, type CommandMeta } from './sent';

export interface CommandRouteOptions<T extends CommandTypes> extends Omit<CommandMeta, 'type' | 'command'> {
  readonly of: T;
  readonly type: keyof T & string;
  /** the operation's name in the API document, where another route has the command's */
  readonly id?: string;
  /** what it does, in a sentence */
  readonly summary: string;
}

/** The header that every command needs. */
export const IdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'The same key with the same body is the same command, and gets the same receipt.',
    schema: { type: 'string', pattern: KEY_PATTERN },
  });

/**
 * The route of a command: POST on a path under the controller's. Its document comes from the command's schema, which
 * also is what validates the body.
 */
export function CommandRoute<T extends CommandTypes>(
  path: string,
  { of, type, id = type, summary, ...more }: CommandRouteOptions<T>,
): MethodDecorator {
  const command = of[type];
  if (command === undefined) throw new Error(`there is no command ${type}`);
  const { code, fill = {}, ifMatch, creates = false } = more;
  const optional = code?.in === 'body' && code.derived !== undefined ? [code.name] : [];
  const body = schemaOf(command.schema, { without: Object.keys(fill), optional });
  return applyDecorators(
    Post(path),
    HttpCode(creates ? 201 : 200),
    CommandMetadata({ ...more, type, command }),
    ApiOperation({
      operationId: id,
      summary,
      description: `Roles: ${command.roles.join(', ')}. Command \`${type}\`.`,
    }),
    IdempotencyKey(),
    ApiHeader({
      name: 'If-Match',
      required: ifMatch === 'required',
      description: `The ETag that was read, such as \`"r7"\`: refused with 412 when it has changed since.${ifMatch === 'to-replace' ? ' Required where there is something to replace: 428 without.' : ''}`,
      schema: { type: 'string' },
    }),
    ApiHeader({
      name: 'Jejak-Agency',
      required: false,
      description: 'For an officer of several agencies: the one that this command acts for.',
      schema: { type: 'string' },
    }),
    ApiBody({ required: true, schema: body }),
    ApiResponse({
      status: creates ? 201 : 200,
      description: 'The receipt.',
      schema: { $ref: '#/components/schemas/Receipt' },
    }),
    Problems(400, 401, 403, 404, 409, 412, 413, 415, 422, ...(ifMatch ? [428] : []), 429, 503),
  );
}
