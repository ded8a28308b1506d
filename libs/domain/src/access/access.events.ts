import type { EventOf } from '@jejak/core';
import { z } from 'zod';
import { codeSchema, daySchema, decision } from '../shared';

/** The roles that can be granted in a programme. */
export const GRANTED_ROLES = ['officer', 'verifier', 'office', 'evaluator', 'auditor'] as const;

export const grantShape = {
  role: z.enum(GRANTED_ROLES),
  agency: codeSchema.optional().describe('the agency that an officer acts for; only for officers'),
};

/** One stream for each subject of a programme, `access-<programme>.<subject>`. */
export const accessEvents = {
  RoleGranted: decision({
    ...grantShape,
    until: daySchema.optional().describe("the last day of the grant, in the programme's time zone"),
  }),
  RoleRevoked: decision(grantShape),
};

export type AccessEvent = EventOf<typeof accessEvents>;
