import { type AnyDecider, Catalogue } from '@jejak/core';
import { accessDecider } from './access/access.decider';
import { accountDecider } from './account/account.decider';
import { actionDecider } from './action/action.decider';
import { budgetDecider } from './budget/budget.decider';
import { csrDecider } from './csr/csr.decider';
import { findingDecider } from './finding/finding.decider';
import { phaseDecider } from './phase/phase.decider';
import { programmeDecider } from './programme/programme.decider';

/** Every kind of stream. */
export const deciders: readonly AnyDecider[] = [
  accessDecider,
  accountDecider,
  actionDecider,
  budgetDecider,
  csrDecider,
  findingDecider,
  phaseDecider,
  programmeDecider,
];

/** Every event type, derived from the kinds of stream. */
export const catalogue = new Catalogue(deciders.map((decider) => decider.events));

export * from './access/access.commands';
export * from './access/access.decider';
export * from './access/access.events';
export * from './account/account.commands';
export * from './account/account.decider';
export * from './account/account.events';
export * from './action/action.commands';
export * from './action/action.decider';
export * from './action/action.events';
export { actionRules } from './action/action.rules';
export * from './budget/budget.commands';
export * from './budget/budget.decider';
export * from './budget/budget.events';
export { budgetRules } from './budget/budget.rules';
export * from './csr/csr.commands';
export * from './csr/csr.decider';
export * from './csr/csr.events';
export * from './finding/finding.commands';
export * from './finding/finding.decider';
export * from './finding/finding.events';
export * from './phase/phase.commands';
export * from './phase/phase.decider';
export * from './phase/phase.events';
export * from './programme/programme.commands';
export * from './programme/programme.decider';
export * from './programme/programme.events';
export * from './shared';
