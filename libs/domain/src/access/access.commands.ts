import type { CommandOf } from '@jejak/core';
import { daySchema, decisionBy } from '../shared';
import { grantShape } from './access.events';

export const accessCommands = {
  GrantRole: decisionBy(['office', 'operator'], { ...grantShape, until: daySchema.optional() }),
  RevokeRole: decisionBy(['office', 'operator'], grantShape),
};

export type AccessCommand = CommandOf<typeof accessCommands>;
