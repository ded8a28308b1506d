import { fitted, InvalidBody, Problem } from '@jejak/runtime';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

/**
 * A body that is no command's, checked.
 *
 * @throws InvalidBody; Problem `unsupported-media-type` for what is not JSON
 */
export function bodyAs<S extends z.ZodType>(schema: S, { body }: FastifyRequest): z.output<S> {
  if (typeof body === 'object' && body !== null && 'pipe' in body)
    throw new Problem('unsupported-media-type');
  const checked = fitted(schema, body ?? {});
  if (checked.success) return checked.data;
  throw new InvalidBody(checked.issues);
}
