import { type Day, daySchema } from '@jejak/domain';
import {
  cutOffOf,
  type Need,
  type ProgrammeDocument,
  PROGRAMME_NEED,
  programmeOf,
  type Query,
} from '@jejak/views';
import { z } from 'zod';
import { type Columns, isRepeated, type PeriodValue, type Row } from '../import/columns';
import { KINDS, kindOf } from '../import/kinds/all';
import { type AnyKind, type KindName } from '../import/kinds/kind';

export type ExportRow = Partial<Row<Columns>>;

/** What stands of a kind on a day. */
export interface Exported {
  readonly cutOff: Day;
  readonly programme: ProgrammeDocument;
  /** the periods of each repeated column, in order */
  readonly periods: ReadonlyMap<string, readonly string[]>;
  readonly rows: () => Iterable<ExportRow>;
}

const exportParams = z.strictObject({
  cutOff: daySchema
    .optional()
    .describe('what stands on that day; today, or the last of the programme, when left out'),
});
export type ExportParams = z.output<typeof exportParams>;

const NEEDS: { readonly [view: string]: Need } = {
  programmes: PROGRAMME_NEED,
  actions: { view: 'actions', prefix: 'action/' },
  budget: { view: 'budget', prefix: 'line/' },
  csr: { view: 'csr', prefix: 'csr/' },
};

function queryOf(kind: AnyKind): Query<ExportParams, Exported> {
  const need = NEEDS[kind.view] as Need;
  return {
    name: `export-${kind.name}`,
    params: exportParams,
    unkept: true,
    needs: () => [...new Set([PROGRAMME_NEED, need])],
    answer(documents, params, context) {
      const programme = programmeOf(documents);
      const cutOff = cutOffOf(documents, params.cutOff, context);
      const found =
        need.prefix === undefined ? [{ value: programme }] : documents.list(need.view, need.prefix);
      const rows = function* (): Generator<ExportRow> {
        for (const { value } of found) yield* kind.rows(value, cutOff);
      };
      return { cutOff, programme, periods: periodsOf(kind, rows()), rows };
    },
  };
}

function periodsOf(kind: AnyKind, rows: Iterable<ExportRow>): Map<string, string[]> {
  const repeated = Object.entries(kind.columns).filter(([, column]) => isRepeated(column));
  const periods = new Map(repeated.map(([field]) => [field, new Set<string>()]));
  for (const row of repeated.length === 0 ? [] : rows) {
    for (const [field, found] of periods) {
      for (const { period } of (row[field] ?? []) as readonly PeriodValue<unknown>[]) found.add(period);
    }
  }
  return new Map([...periods].map(([field, found]) => [field, [...found].sort()]));
}

const QUERIES = new Map(KINDS.map((kind) => [kind.name, queryOf(kind)]));

/** The question for what stands of a kind. */
export function exportQuery(name: KindName): Query<ExportParams, Exported> {
  return QUERIES.get(kindOf(name).name) as Query<ExportParams, Exported>;
}
