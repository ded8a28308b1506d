import type { Documents, Need, Query, QueryContext } from '../query';

/**
 * Answers as a store is read: of all documents a question gets only those that it asks for.
 *
 * @param all documents that may have seen events after `context.index`, where the question allows for that
 * @returns the answer, and the keys that were read
 */
export function readAsAsked<P, A>(
  query: Query<P, A>,
  params: P,
  all: Documents,
  context: QueryContext,
): { readonly answer: A; readonly keys: readonly string[] } {
  const held = new Map<string, { view: string; key: string; index: number; value: unknown }>();
  const read = (needs: readonly Need[]): void => {
    for (const { view, keys, prefix } of needs) {
      for (const each of all.list(view, prefix)) {
        if (keys === undefined || keys.includes(each.key)) held.set(`${view} ${each.key}`, { view, ...each });
      }
    }
  };
  const documents: Documents = {
    get: (view, key) => held.get(`${view} ${key}`)?.value,
    list: (view, prefix = '') =>
      [...held.values()]
        .filter((each) => each.view === view && each.key.startsWith(prefix))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
  read(query.needs(params));
  for (;;) {
    const [before, more] = [held.size, query.further?.(documents, params, context) ?? []];
    if (more.length === 0) break;
    read(more);
    if (held.size === before) throw new Error(`asked again for ${JSON.stringify(more)}`);
  }
  return { answer: query.answer(documents, params, context), keys: [...held.values()].map(({ key }) => key) };
}
