import type { CommandOf } from '@jejak/core';
import { decisionBy } from '../shared';
import { accountShape } from './account.events';

export const accountCommands = {
  OpenAccount: decisionBy(['operator'], accountShape),
  CloseAccount: decisionBy(['operator'], {}),
  GrantOperator: decisionBy(['operator'], {}),
  RevokeOperator: decisionBy(['operator'], {}),
};

export type AccountCommand = CommandOf<typeof accountCommands>;
