import type { AnyView, Marker, ViewDocument, ViewStore } from '@jejak/core';
import type { Documents, Need } from '@jejak/views';

/** The views are being built for the first time, or anew after a change of their folds. */
export class ViewRebuilding extends Error {
  readonly code = 'view-rebuilding';
  constructor(readonly view: string) {
    super(`the view ${view} is being built`);
  }
}

/** A view's current generation, and how far it has come in a programme. */
export interface Standing {
  readonly view: string;
  readonly generation: string;
  readonly marker: Marker;
}

/**
 * Where views stand in a programme.
 *
 * @throws ViewRebuilding where one of them has no generation yet; GenerationGone when it was swapped meanwhile
 */
export async function standings(
  store: ViewStore,
  views: readonly AnyView[],
  programme: string,
): Promise<readonly Standing[]> {
  return Promise.all(
    views.map(async ({ name, version }) => {
      const generation = await store.current(name, version);
      if (generation === undefined) throw new ViewRebuilding(name);
      return { view: name, generation, marker: await store.marker(generation, programme) };
    }),
  );
}

/** The index that all of them stand at; undefined where they differ. */
export function commonIndex(at: readonly Standing[]): number | undefined {
  const index = at[0]?.marker.index;
  return at.every(({ marker }) => marker.index === index) ? index : undefined;
}

/**
 * The documents that are needed, with the index that they are of: undefined where the views were written meanwhile.
 * What turns out to be needed beyond them is read afterwards, and may be ahead of that index.
 *
 * @param further what more is needed at that index, once those documents are read; none: nothing
 * @throws GenerationGone when a generation was swapped meanwhile
 */
export async function loadDocuments(
  store: ViewStore,
  at: readonly Standing[],
  programme: string,
  needs: readonly Need[],
  further: (documents: Documents, index: number) => readonly Need[] = () => [],
): Promise<{ readonly documents: Documents; readonly index: number | undefined }> {
  const markers = (): Promise<readonly Marker[]> =>
    Promise.all(at.map(({ generation }) => store.marker(generation, programme)));
  const load = (wanted: readonly Need[]): Promise<readonly Loaded[]> =>
    Promise.all(
      wanted.map(async ({ view, keys, prefix }): Promise<Loaded> => {
        const { generation } = at.find((standing) => standing.view === view) as Standing;
        if (keys === undefined) return { view, documents: await store.list(generation, programme, prefix) };
        return { view, documents: [...(await store.load(generation, programme, keys)).values()] };
      }),
    );
  const reads = (): Promise<[readonly Marker[], readonly Loaded[]]> => Promise.all([markers(), load(needs)]);
  const [before, loaded] = await (store.atOneMoment?.(reads) ?? reads());
  const after = store.atOneMoment === undefined ? await markers() : before;
  const index = before[0]?.index;
  // A store without transactions may hold a document that is ahead of its marker.
  const ahead = loaded.some(({ documents }) => documents.some((document) => document.index > (index ?? -1)));
  const settled = !ahead && [...before, ...after].every((marker) => marker.index === index);
  const byView = new Map<string, Map<string, ViewDocument>>(at.map(({ view }) => [view, new Map()]));
  const add = (more: readonly Loaded[]): void => {
    for (const { view, documents } of more) {
      for (const document of documents) byView.get(view)?.set(document.key, document);
    }
  };
  add(loaded);
  const documents = new LoadedDocuments(byView);
  if (!settled || index === undefined) return { documents, index: undefined };
  for (let more = further(documents, index); more.length > 0; more = further(documents, index)) {
    add(await load(more));
  }
  return { documents, index };
}

interface Loaded {
  readonly view: string;
  readonly documents: readonly ViewDocument[];
}

class LoadedDocuments implements Documents {
  constructor(private readonly loaded: ReadonlyMap<string, ReadonlyMap<string, ViewDocument>>) {}

  get(view: string, key: string): unknown {
    return this.of(view).get(key)?.value;
  }

  list(view: string, prefix = ''): readonly ViewDocument[] {
    return [...this.of(view).values()]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private of(view: string): ReadonlyMap<string, ViewDocument> {
    const documents = this.loaded.get(view);
    if (documents === undefined) throw new Error(`the view ${view} was not named among the needs`);
    return documents;
  }
}
