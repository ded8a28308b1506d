import type { AnyView } from '@jejak/core';
import { action, actions } from './actions/query';
import { actionsView } from './actions/view';
import { auditTrail } from './audit-trail/query';
import { auditTrailView } from './audit-trail/view';
import { budgetByAgency, budgetLine, budgetLines } from './budget/query';
import { budgetView } from './budget/view';
import { csr, csrContribution, csrTotals } from './csr/query';
import { csrView } from './csr/view';
import { finding, findings } from './findings/query';
import { findingsView } from './findings/view';
import { explain, fulfilment } from './fulfilment/query';
import { fulfilmentView } from './fulfilment/view';
import { phase, phases, published, restated, seal, seals, snapshot } from './phase-snapshot/query';
import { phaseSnapshotView } from './phase-snapshot/view';
import { programme, programmeSummary } from './programmes/query';
import { programmesView } from './programmes/view';

/** Every view, by name. */
export const views: readonly AnyView[] = [
  actionsView,
  auditTrailView,
  budgetView,
  csrView,
  findingsView,
  fulfilmentView,
  phaseSnapshotView,
  programmesView,
];

/** Every question. */
export const queries = {
  action,
  actions,
  auditTrail,
  budgetByAgency,
  budgetLine,
  budgetLines,
  csr,
  csrContribution,
  csrTotals,
  explain,
  finding,
  findings,
  fulfilment,
  phase,
  phases,
  programme,
  programmeSummary,
  published,
  restated,
  seal,
  seals,
  snapshot,
};

export * from './actions/query';
export type { ActionDocument } from './actions/view';
export type { Ratio, Sum } from './amounts';
export * from './audit-trail/entry';
export * from './audit-trail/query';
export type { AgainstPlan, Amounts, Colour, Deviation, LineFigures, PhysicalFigures } from './budget/figures';
export * from './budget/query';
export type { LineDocument } from './budget/view';
export type { CsrTotals } from './csr/figures';
export * from './csr/query';
export type { ContributionDocument } from './csr/view';
export * from './cut-off';
export * from './documents';
export * from './findings/query';
export type { FindingDocument } from './findings/view';
export { ENGINE_VERSION, type Figure, type Figures } from './fulfilment/figures';
export * from './fulfilment/query';
export type { Page } from './page';
export * from './phase-snapshot/query';
export type { PhaseDocument, SealDocument } from './phase-snapshot/view';
export * from './programmes/query';
export type { AgencyEntry, PhaseEntry, ProgrammeDocument, RuleFact } from './programmes/view';
export * from './query';
export {
  actionsView,
  auditTrailView,
  budgetView,
  csrView,
  findingsView,
  fulfilmentView,
  phaseSnapshotView,
  programmesView,
};
