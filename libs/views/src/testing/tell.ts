import { recorded, type Told } from '@jejak/core/testing';
import { DEFAULT_RULE, type Rule } from '@jejak/domain';
import { actionsView } from '../actions/view';
import { budgetView } from '../budget/view';
import { csrView } from '../csr/view';
import { MemoryDocuments } from '../documents';
import { fulfilmentView } from '../fulfilment/view';
import { phaseSnapshotView } from '../phase-snapshot/view';
import { programmesView } from '../programmes/view';
import type { Query, QueryContext } from '../query';

const VIEWS = [actionsView, budgetView, csrView, fulfilmentView, phaseSnapshotView, programmesView];
const PROGRAMME = 'malang.2023';
const main = (kind: string): string => `${kind}-${PROGRAMME}.main`;
const action = (code: string): string => `action-${PROGRAMME}.${code.toLowerCase()}`;
const line = (code: string): string => `budget-${PROGRAMME}.${code.toLowerCase()}`;

export const context: QueryContext = { programme: PROGRAMME, index: 0, now: '2023-12-31T16:59:59.999Z' };

/** A programme from January 2023 to December 2025 with those dimensions, and a rule. */
export function programme(dimensions: readonly string[], rule: Partial<Rule> = {}): Told[] {
  return [
    {
      stream: main('programme'),
      type: 'ProgrammeEstablished',
      data: {
        name: 'Malang Smart City',
        from: '2023-01-01',
        to: '2025-12-31',
        timeZone: 'Asia/Jakarta',
        legalBasis: [{ title: 'Mayor Regulation 43/2020' }],
        dimensions: dimensions.map((code) => ({ code, name: `The ${code}` })),
      },
    },
    ruled('2023-01-01', rule),
    { stream: main('programme'), type: 'LateReportingPolicySet', data: { policy: 'needs-reason' } },
  ];
}

export function ruled(effectiveOn: string, rule: Partial<Rule> = {}, id?: string): Told {
  const data = { effectiveOn, rule: { ...DEFAULT_RULE, ...rule } };
  return { stream: main('programme'), type: 'FulfilmentRuleRevised', data, ...(id !== undefined && { id }) };
}

export function programmeTold(type: string, data: object): Told {
  return { stream: main('programme'), type, data };
}

export function phaseTold(type: string, data: object, more: Partial<Told> = {}): Told {
  return { stream: main('phase'), type, data, ...more };
}

export function plan(code: string, dimension: string, more: object = {}): Record<string, unknown> {
  return {
    effectiveOn: '2023-01-01',
    code,
    title: `Action ${code}`,
    kind: 'action',
    dimension,
    weight: '1',
    targets: {
      unit: 'parks',
      quarters: [
        { quarter: '2023-Q1', target: '0' },
        { quarter: '2023-Q2', target: '6' },
        { quarter: '2023-Q4', target: '12' },
      ],
    },
    lead: 'Diskominfo',
    supporting: [],
    ...more,
  };
}

export function planned(code: string, dimension: string, more: object = {}, id?: string): Told {
  return actionTold(code, 'ActionPlanned', plan(code, dimension, more), id);
}

/** The same plan anew, without what only the first one says. */
export function replanned(code: string, dimension: string, more: object = {}, id?: string): Told {
  const { code: _code, lead: _lead, supporting: _supporting, ...data } = plan(code, dimension, more);
  return actionTold(code, 'ActionReplanned', data, id);
}

export function actionTold(code: string, type: string, data: object, id?: string): Told {
  return { stream: action(code), type, data, ...(id !== undefined && { id }) };
}

/** A completion of that day, verified. */
export function verified(code: string, occurredOn: string): Told[] {
  const id = `done-${code}-${occurredOn}`;
  return [
    actionTold(code, 'ActionCompleted', { occurredOn }, id),
    actionTold(code, 'CompletionVerified', { of: id }, `seen-${code}-${occurredOn}`),
  ];
}

export function allocated(
  code: string,
  ceiling: number,
  actions: readonly object[],
  more: object = {},
): Told {
  const shape = { title: 'A line', agency: 'Diskominfo', year: 2023, hierarchy: '2.16.01' };
  const data = { effectiveOn: '2023-01-01', line: code, ...shape, ceiling, actions, ...more };
  return { stream: line(code), type: 'BudgetAllocated', data };
}

/** An event with the reason for it. */
export function reasoned(told: Told, reason = 'as decided'): Told {
  return { ...told, meta: { ...told.meta, reason } };
}

/** The documents that figures are made of, after those events. */
export function documentsOf(told: readonly Told[]): MemoryDocuments {
  const documents = new MemoryDocuments(VIEWS);
  documents.fold(recorded(told));
  return documents;
}

/** Asks as the API does: the parameters are validated first. */
export function ask<P, A>(query: Query<P, A>, told: readonly Told[], params: object = {}, at = context): A {
  return query.answer(documentsOf(told), query.params.parse(params), at);
}
