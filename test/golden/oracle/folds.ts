import { type AnyView, canonical, foldView, type Json } from '@jejak/core';
import { type Documents, liveSnapshot, MemoryDocuments, type Snapshot, views } from '@jejak/views';
import type { Random } from './random';
import type { Happened } from './world';

/** All documents that a history gives. */
export function fold(events: readonly Happened[]): MemoryDocuments {
  const documents = new MemoryDocuments(views);
  documents.fold(events);
  return documents;
}

export function snapshotAt(
  documents: Documents,
  programme: string,
  cutOff: string,
  phase?: string,
): Snapshot {
  return liveSnapshot(documents, { programme, cutOff, ...(phase !== undefined && { phase }) });
}

/** Every document of every view as canonical text, by view and key. */
export function textOf(documents: Documents): string {
  return views
    .map((view) =>
      documents
        .list(view.name)
        .map(({ key, index, value }) => `${view.name} ${key} ${String(index)} ${canonical(value as Json)}`),
    )
    .flat()
    .join('\n');
}

/**
 * The same fold as a store would have it: in pages of any size, some of them delivered again, every document written
 * as JSON and read back between two pages.
 */
export function foldInPages(events: readonly Happened[], random: Random): string {
  const stored = new Map(views.map((view) => [view, new Map<string, string>()]));
  for (let from = 0; from < events.length;) {
    const to = from + random.int(1, 40);
    // A page that comes again begins before what was folded already.
    const page = events.slice(Math.max(0, from - (random.chance(0.3) ? random.int(1, 10) : 0)), to);
    for (const view of views) foldPage(view, page, stored.get(view) as Map<string, string>);
    from = to;
  }
  return views
    .flatMap((view) =>
      [...(stored.get(view) as Map<string, string>)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => {
          const { index, value } = JSON.parse(text) as { index: number; value: Json };
          return `${view.name} ${key} ${String(index)} ${canonical(value)}`;
        }),
    )
    .join('\n');
}

function foldPage(view: AnyView, page: readonly Happened[], stored: Map<string, string>): void {
  const documents = new Map<string, { index: number; value: unknown }>();
  for (const key of new Set(page.flatMap(({ event, index }) => view.keys(event, index)))) {
    const text = stored.get(key);
    if (text !== undefined) documents.set(key, JSON.parse(text) as { index: number; value: unknown });
  }
  foldView<unknown>(view, page, documents);
  for (const [key, document] of documents) stored.set(key, JSON.stringify(document));
}
