import { z } from 'zod';

/** What the sender of an accepted command gets, as documents describe it. */
export const receiptSchema = z.strictObject({
  events: z.array(z.strictObject({ id: z.uuid(), type: z.string(), revision: z.int() })),
  stream: z.string(),
  revision: z.int().describe("the stream's revision after the command"),
  recordedAt: z.string(),
  token: z.string().describe('for ?after=: an answer that has seen this command'),
});
