import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  Get,
  SetMetadata,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { INSTALLATION, type QuestionType, type Sought } from '@jejak/runtime';
import { z } from 'zod';
import { Problems, schemaOf } from './openapi-parts';

const QUESTION = 'jejak:question';

/** A question as it came in over HTTP, and where its answer goes. */
export interface Asked {
  readonly question: QuestionType;
  readonly sought: Sought;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export const questionOf = (handler: object): QuestionType | undefined =>
  Reflect.getMetadata(QUESTION, handler) as QuestionType | undefined;

/** The question of a request: the path's and the query string's parameters together, none unknown. */
export const Question = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const question = questionOf(context.getHandler());
  if (question === undefined) throw new Error('the route names no question');
  const { programme = INSTALLATION, ...path } = request.params as Readonly<Record<string, string>>;
  const { after, knownAt, ...given } = request.query as Readonly<Record<string, string>>;
  const sought = { programme, params: { ...given, ...path }, after, knownAt };
  return { question, sought, request, reply: http.getResponse<FastifyReply>() };
});

interface Parameter {
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/**
 * The route of a question: GET on a path under the controller's. Its document comes from the schema that validates
 * the parameters; those that the path names are taken from there.
 */
export function QuestionRoute(path: string, question: QuestionType, summary: string): MethodDecorator {
  const inPath = [...path.matchAll(/:([a-z]+)/gi)].map(([, name = '']) => name);
  const { properties = {}, required = [] } = schemaOf(question.params) as {
    properties?: Record<string, Parameter>;
    required?: string[];
  };
  const missing = inPath.filter((name) => !Object.hasOwn(properties, name));
  if (missing.length > 0) throw new Error(`${question.name} has no parameter ${missing.join(', ')}`);
  const parameters = Object.entries(properties).map(([name, { description, ...schema }]) => {
    const said = { name, schema, ...(description !== undefined && { description }) };
    if (inPath.includes(name)) return ApiParam({ ...said, required: true });
    return ApiQuery({ ...said, required: required.includes(name) });
  });
  const past = ApiQuery({
    name: 'knownAt',
    required: false,
    description: 'An index, or a moment (ISO 8601): the answer as it was known then.',
    schema: { type: 'string' },
  });
  return applyDecorators(
    Get(path),
    SetMetadata(QUESTION, question),
    ApiOperation({
      operationId: question.name,
      summary,
      description: `Roles: ${question.readers.join(', ')}.`,
    }),
    ...parameters,
    ...(question.ofThePast ? [past] : []),
    ApiQuery({
      name: 'after',
      required: false,
      description: "A receipt's token: waits until the answer has seen that command.",
      schema: { type: 'string' },
    }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The ETag of the answer that the reader has.',
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 200,
      description: 'The answer, with the index that it is of.',
      schema: { $ref: '#/components/schemas/Answer' },
    }),
    ApiResponse({ status: 304, description: 'What the reader has is what there is.' }),
    Problems(400, 401, 403, 404, 429, 503),
  );
}

/** What every answer has; the rest is the question's own. */
export const answerSchema = z.looseObject({
  index: z.int().min(-1).describe("index of the programme's last event that the answer knows"),
  asOf: z.string().describe('when that event was recorded (ISO, UTC)'),
  stale: z
    .literal(true)
    .optional()
    .describe('a view has stopped, so that what came after the index is left out'),
  names: z
    .record(z.string(), z.string())
    .optional()
    .describe('subject > name, of those the answer speaks of'),
});
