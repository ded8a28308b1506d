import type { Language } from '@jejak/core';
import {
  type Column,
  type Columns,
  headingOf,
  isRepeated,
  type PeriodColumn,
  type PeriodValue,
  type Share,
} from '../import/columns';
import { monthShown, quarterShown } from '../import/periods';
import type { ExportRow } from './query';

/** A column as it is written: of a repeated one, one for each period. */
export interface WrittenColumn {
  readonly field: string;
  readonly column: Column | PeriodColumn;
  readonly period: string | undefined;
  readonly heading: string;
}

/** The columns of a sheet in the order in which they are written. */
export function layoutOf(
  columns: Columns,
  periods: ReadonlyMap<string, readonly string[]>,
  language: Language,
): WrittenColumn[] {
  return Object.entries(columns).flatMap(([field, column]): WrittenColumn[] => {
    if (!isRepeated(column)) {
      return [{ field, column, period: undefined, heading: headingOf(column, language) }];
    }
    const each = periods.get(field) ?? [];
    return each.map((period) => ({ field, column, period, heading: headingOf(column, language, period) }));
  });
}

/** The value of a row in a column; undefined where it has none. */
export function valueIn(row: ExportRow, { field, period }: WrittenColumn): unknown {
  const value = row[field];
  if (period === undefined) return value;
  return ((value ?? []) as readonly PeriodValue<unknown>[]).find((each) => each.period === period)?.value;
}

/**
 * A value as text, so that the import reads it back: Indonesian decimals, days as ISO, which no spreadsheet mistakes
 * for another day. Months begin with words, since spreadsheets make dates of `Des 2023`.
 */
export function textOf(
  value: unknown,
  { kind, ...column }: Column | PeriodColumn,
  language: Language,
): string {
  if (value === undefined || value === null) return '';
  switch (kind) {
    case 'decimal':
    case 'percent':
      return comma(value as string);
    case 'codes':
      return (value as readonly string[]).join('; ');
    case 'shares':
      return (value as readonly Share[]).map(({ code, share }) => `${code}:${comma(share)}`).join('; ');
    case 'carried': {
      const { programme, action } = value as { programme: string; action: string };
      return `${programme}/${action}`;
    }
    case 'choice': {
      const choices = 'choices' in column ? column.choices : [];
      return choices.find((each) => each.value === value)?.[language] ?? '';
    }
    case 'month':
      return `${language === 'id' ? 's.d.' : 'to'} ${monthShown(value as string, language)}`;
    case 'quarter':
      return quarterShown(value as string, language);
    case 'text':
    case 'code':
    case 'day':
    case 'year':
    case 'money':
      return typeof value === 'number' ? String(value) : (value as string);
    default:
      return kind satisfies never;
  }
}

function comma(decimal: string): string {
  return decimal.replace('.', ',');
}
