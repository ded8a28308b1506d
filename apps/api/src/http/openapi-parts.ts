import { applyDecorators } from '@nestjs/common';
import { type ApiBodyOptions, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

type SchemaObject = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, SchemaObject>>;
  readonly required?: readonly string[];
}

/**
 * The JSON Schema of what a zod schema takes in.
 *
 * @param without members that the caller does not give
 * @param optional members that the caller may leave out all the same
 */
export function schemaOf(
  schema: z.ZodType,
  { without = [], optional = [] }: { without?: readonly string[]; optional?: readonly string[] } = {},
): SchemaObject {
  const { $schema: _, ...found } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { properties: all = {}, required: demanded = [] } = found as ObjectSchema;
  const properties = Object.entries(all).filter(([name]) => !without.includes(name));
  const required = demanded.filter((name) => !without.includes(name) && !optional.includes(name));
  return { ...found, properties: Object.fromEntries(properties), required } as SchemaObject;
}

interface Parameter {
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** The parameters of the query string, by the schema that validates them. */
export function QueryParameters(schema: z.ZodType): MethodDecorator {
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Record<string, Parameter>;
    required?: string[];
  };
  return applyDecorators(
    ...Object.entries(properties).map(([name, { description, ...rest }]) =>
      ApiQuery({
        name,
        schema: rest,
        required: required.includes(name),
        ...(description !== undefined && { description }),
      }),
    ),
  );
}

const MEANINGS: { readonly [status: number]: string } = {
  400: 'The request cannot be understood.',
  401: 'Nobody is signed in, or the token is not good.',
  403: 'The roles of the caller do not allow it.',
  404: 'There is nothing here.',
  409: 'Others changed it at the same time.',
  412: 'It has changed since it was read.',
  413: 'It is larger than is accepted.',
  414: 'The path is too long.',
  415: 'The media type is not accepted.',
  422: 'A rule does not allow it; `code` names the rule.',
  428: 'The header If-Match is missing.',
  429: 'Too many requests.',
  503: 'It cannot be done at the moment; Retry-After says when to ask again.',
};

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** The problem documents that a route may answer with. */
export function Problems(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: meaningOf(status), content: problem })),
  );
}

/** What the document says once of each of them. */
export const problemResponses = Object.fromEntries(
  Object.keys(MEANINGS).map((status) => [
    `Problem${status}`,
    { description: meaningOf(Number(status)), content: problem },
  ]),
);

function meaningOf(status: number): string {
  return MEANINGS[status] ?? 'A problem.';
}
