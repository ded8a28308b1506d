import { said } from '@jejak/core';
import { compare, type Fraction } from '@jejak/domain';
import { z } from 'zod';

/** What a list is sorted by. Texts sort by UTF-16 code units; null comes last in either order. */
export type SortValue = string | Fraction | null;

/** One page of a list, and how to go on. */
export interface Page<T> {
  readonly items: readonly T[];
  /** how many there are on all pages */
  readonly total: number;
  /** the cursor of the next page; null on the last */
  readonly next: string | null;
}

/** The parameters of every list; beside them it needs `sort`, an enum. */
export const pageShape = {
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .describe('`next` of the page before; sort and order as they were there'),
};

export interface PageParams {
  readonly sort: string;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** For `refine` of a list's parameters: a cursor goes on with the list that it comes from. */
export const cursorFits = ({ sort, order, cursor }: PageParams): boolean =>
  cursor === undefined || decoded(cursor, sort, order) !== undefined;
export const CURSOR_RULE = {
  path: ['cursor'],
  error: said({
    en: 'Give a cursor that this list gave, in the same sort and order.',
    id: 'Isi dengan kursor dari daftar ini, dengan urutan yang sama.',
  }),
};

/**
 * A page of a list. It goes on after the item that was last, wherever that stands by now, so that nothing is shown
 * twice or left out that did not itself move.
 *
 * @param valueOf what is sorted by
 * @param idOf tells equals apart: unique in the list
 */
export function pageOf<T>(
  list: readonly T[],
  { sort, order, limit, cursor }: PageParams,
  valueOf: (item: T) => SortValue,
  idOf: (item: T) => string,
): Page<T> {
  const sign = order === 'asc' ? 1 : -1;
  const sorted = list
    .map((item): Place<T> => ({ item, value: valueOf(item), id: idOf(item) }))
    .sort((a, b) => compared(a, b, sign));
  const last = cursor === undefined ? undefined : decoded(cursor, sort, order);
  const from = last === undefined ? 0 : sorted.findIndex((place) => compared(place, last, sign) > 0);
  const page = from === -1 ? [] : sorted.slice(from, from + limit);
  const end = page.at(-1);
  const next = end === undefined || from + limit >= sorted.length ? null : encoded(end, sort, order);
  return { items: page.map(({ item }) => item), total: list.length, next };
}

interface Mark {
  readonly value: SortValue;
  readonly id: string;
}
interface Place<T> extends Mark {
  readonly item: T;
}

function compared(a: Mark, b: Mark, sign: number): number {
  if (a.value === null || b.value === null) {
    if (a.value !== b.value) return a.value === null ? 1 : -1;
  } else if (typeof a.value === 'string' || typeof b.value === 'string') {
    if (a.value !== b.value) return a.value < b.value ? -sign : sign;
  } else {
    const difference = compare(a.value, b.value);
    if (difference !== 0) return difference * sign;
  }
  return a.id === b.id ? 0 : a.id < b.id ? -sign : sign;
}

const cursorSchema = z.tuple([
  z.string(),
  z.enum(['asc', 'desc']),
  z.union([
    z.string(),
    z.null(),
    z.tuple([z.string().regex(/^-?[0-9]{1,60}$/), z.string().regex(/^[1-9][0-9]{0,59}$/)]),
  ]),
  z.string(),
]);

function encoded({ value, id }: Mark, sort: string, order: string): string {
  const plain = value === null || typeof value === 'string' ? value : [String(value.n), String(value.d)];
  return Buffer.from(JSON.stringify([sort, order, plain, id]), 'utf8').toString('base64url');
}

function decoded(cursor: string, sort: string, order: string): Mark | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = cursorSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const [ofSort, ofOrder, value, id] = parsed.data;
  if (ofSort !== sort || ofOrder !== order) return undefined;
  return { value: Array.isArray(value) ? { n: BigInt(value[0]), d: BigInt(value[1]) } : value, id };
}
