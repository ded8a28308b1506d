import type { EventOf } from '@jejak/core';
import { z } from 'zod';
import { decision } from '../shared';

export const accountShape = { kind: z.enum(['person', 'service']) };

/** One stream for each subject of the installation. No secret and no name: those live in the directory. */
export const accountEvents = {
  AccountOpened: decision(accountShape),
  AccountClosed: decision({}),
  OperatorGranted: decision({}),
  OperatorRevoked: decision({}),
};

export type AccountEvent = EventOf<typeof accountEvents>;
