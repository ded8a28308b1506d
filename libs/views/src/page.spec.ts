import { fraction } from '@jejak/domain';
import fc from 'fast-check';
import { z } from 'zod';
import { CURSOR_RULE, cursorFits, pageOf, pageShape, type SortValue } from './page';

const params = z
  .strictObject({ sort: z.enum(['value', 'id']).default('value'), ...pageShape })
  .refine(cursorFits, CURSOR_RULE);

interface Item {
  readonly id: string;
  readonly value: SortValue;
}
const pageBy = (items: readonly Item[], query: object) =>
  pageOf(
    items,
    params.parse(query),
    ({ value }) => value,
    ({ id }) => id,
  );

function allPages(items: readonly Item[], query: object): string[] {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = pageBy(items, { ...query, ...(cursor !== undefined && { cursor }) });
    expect(page.total).toBe(items.length);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

const fractions = fc
  .tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .map(([n, d]) => fraction(n, d));
const texts = fc.string({ unit: 'binary', maxLength: 3 }).filter((text) => text.isWellFormed());
const lists = (values: fc.Arbitrary<SortValue>) =>
  fc.uniqueArray(fc.record({ id: texts, value: fc.option(values) }), { selector: ({ id }) => id });

describe('pages of a list', () => {
  it.each([
    ['fractions', fractions],
    ['texts', texts],
  ])('show each item once, in order, whatever the limit: %s', (_, values: fc.Arbitrary<SortValue>) => {
    fc.assert(
      fc.property(
        lists(values),
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 1, max: 5 }),
        (items, order, limit) => {
          const ids = allPages(items, { order, limit });
          expect([...ids].sort()).toEqual(items.map(({ id }) => id).sort());
          expect(ids).toEqual(allPages(items, { order, limit: 500 }));
          const byId = new Map(items.map((item) => [item.id, item.value]));
          const known = ids.map((id) => byId.get(id)).filter((value) => value !== null) as SortValue[];
          // Null comes last in either order.
          expect(ids.slice(0, known.length).every((id) => byId.get(id) !== null)).toBe(true);
          const numbers = known.map((value) =>
            typeof value === 'string' ? value : Number(value!.n) / Number(value!.d),
          );
          for (let n = 1; n < numbers.length; n++) {
            const [a, b] = [numbers[n - 1]!, numbers[n]!];
            expect(order === 'asc' ? a <= b : a >= b).toBe(true);
          }
        },
      ),
    );
  });

  it('go on after the last item, also when the list has changed', () => {
    const item = (id: string) => ({ id, value: id });
    const first = pageBy([item('b'), item('d'), item('f')], { limit: 2 });
    const second = pageBy([item('a'), item('c'), item('e'), item('f')], { limit: 2, cursor: first.next });
    expect(first.items.map(({ id }) => id)).toEqual(['b', 'd']);
    expect(second.items.map(({ id }) => id)).toEqual(['e', 'f']);
    expect(second.next).toBeNull();
  });

  it('are of 50, and of 500 at most', () => {
    const items = Array.from({ length: 501 }, (_, n) => ({ id: String(n).padStart(3, '0'), value: 'same' }));
    expect(pageBy(items, {}).items).toHaveLength(50);
    expect(pageBy(items, { limit: '500' }).items).toHaveLength(500);
    for (const limit of [501, 0, -1, 1.5, 'x']) expect(params.safeParse({ limit }).success).toBe(false);
  });

  it('refuse a cursor of another list', () => {
    const { next } = pageBy(
      [
        { id: 'a', value: 'a' },
        { id: 'b', value: 'b' },
      ],
      { limit: 1 },
    );
    expect(params.safeParse({ cursor: next }).success).toBe(true);
    expect(params.safeParse({ cursor: next, order: 'desc' }).success).toBe(false);
    const refused = params.safeParse({ cursor: next, sort: 'id' });
    expect(refused.error?.issues[0]?.path).toEqual(['cursor']);
    expect(params.safeParse({ cursor: 'nonsense' }).success).toBe(false);
    const zero = Buffer.from('["value","asc",["1","0"],"a"]').toString('base64url');
    expect(params.safeParse({ cursor: zero }).success).toBe(false);
  });
});
