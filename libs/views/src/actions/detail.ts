import type { Day } from '@jejak/domain';
import { latest } from '../dated';
import { inForce, planOn, stands, withdrawnOn } from '../fulfilment/counting';
import { agenciesOn } from './agencies';
import { achievement, type ActionStatus, progress, type Percentage, statusOn } from './status';
import type { ActionDocument, AgenciesFact, CompletionTold, EvidenceTold, Plan, ProgressTold } from './view';

/** A quarter of the plan in force, and the last report for it that stands. */
export interface QuarterDetail {
  readonly quarter: string;
  /** cumulative, null where the plan in force names no target for the quarter */
  readonly target: string | null;
  readonly realisation: string | null;
  /** realisation over target (capaian); null where there is none, or the target is 0 */
  readonly achievement: Percentage | null;
  readonly report: ProgressTold | null;
}

/** An action at a cut-off. Reports of later days are left out; changes to come are shown with their date. */
export interface ActionDetail {
  readonly code: string;
  readonly cutOff: Day;
  readonly title: string;
  readonly kind: 'action' | 'quick-win';
  readonly dimension: string;
  readonly weight: string;
  readonly unit: string;
  /** the whole target in force */
  readonly target: string;
  readonly lead: string;
  readonly supporting: readonly string[];
  readonly carriedFrom?: { readonly programme: string; readonly action: string };
  readonly status: ActionStatus;
  /** whether it is in the plan: from its first day to its withdrawal */
  readonly inForce: boolean;
  readonly plannedFrom: Day;
  readonly withdrawnFrom: Day | null;
  readonly progress: Percentage;
  readonly quarters: readonly QuarterDetail[];
  /** the completion that stands, if one does */
  readonly completion: CompletionTold | null;
  /** every completion, those that were rejected or retracted among them */
  readonly completions: readonly CompletionTold[];
  /** every report of progress, those that were voided among them */
  readonly reports: readonly ProgressTold[];
  readonly evidence: readonly EvidenceTold[];
  readonly plans: readonly Plan[];
  readonly agencies: readonly AgenciesFact[];
  /** every withdrawal, those that a plan of their day undid among them */
  readonly withdrawals: ActionDocument['withdrawals'];
  /** of its stream, for If-Match */
  readonly revision: number;
}

/** An action, whole, as it stands at a cut-off. */
export function detailOf(action: ActionDocument, day: Day): ActionDetail {
  const { title, kind, dimension, weight, target, targets } = planOn(action.plans, day);
  const { lead, supporting } = agenciesOn(action, day);
  const [planned] = action.plans;
  const completions = action.completions.filter(({ on }) => on <= day);
  const reports = action.progress.filter(({ on }) => on <= day);
  const shown = new Set([...completions, ...reports].map(({ id }) => id));
  return {
    code: action.code,
    cutOff: day,
    title,
    kind,
    dimension,
    weight,
    unit: targets.unit,
    target,
    lead,
    supporting,
    ...(action.carriedFrom && { carriedFrom: action.carriedFrom }),
    status: statusOn(action, day),
    inForce: inForce(action, day),
    plannedFrom: (planned as Plan).on,
    withdrawnFrom: withdrawnOn(action, day) ?? null,
    progress: progress(action, day),
    quarters: quartersOf(targets.quarters, reports, day),
    completion: completions.find(stands) ?? null,
    completions,
    reports,
    evidence: action.evidence.filter(({ of }) => shown.has(of)),
    plans: action.plans,
    agencies: action.agencies,
    withdrawals: action.withdrawals,
    revision: action.revision,
  };
}

/** The quarters that have a target or a report, in order. */
function quartersOf(
  targets: Plan['targets']['quarters'],
  reports: readonly ProgressTold[],
  day: Day,
): readonly QuarterDetail[] {
  const standing = reports.filter((report) => report.voided === undefined);
  const quarters = new Set([...targets, ...standing].map(({ quarter }) => quarter));
  return [...quarters].sort().map((quarter) => {
    const target = targets.find((each) => each.quarter === quarter)?.target ?? null;
    const report =
      latest(
        standing.filter((each) => each.quarter === quarter),
        day,
      ) ?? null;
    const realisation = report?.realisation ?? null;
    const reached = realisation === null || target === null ? null : achievement(realisation, target);
    return { quarter, target, realisation, achievement: reached, report };
  });
}
