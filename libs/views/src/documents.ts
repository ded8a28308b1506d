import { type AnyView, foldView, type ProgrammeEvent, type View } from '@jejak/core';
import type { Documents } from './query';

type Folded = Map<string, { index: number; value: unknown }>;

/** Documents in memory, by view: what a fold of the log gives. */
export class MemoryDocuments implements Documents {
  private readonly byView = new Map<string, Folded>();

  constructor(private readonly views: readonly AnyView[]) {
    for (const view of views) this.byView.set(view.name, new Map());
  }

  /** Folds a page of a programme's events in; pages must come in order, upcast. */
  fold(events: readonly ProgrammeEvent[]): void {
    for (const view of this.views as readonly View[]) foldView(view, events, this.byView.get(view.name));
  }

  get(view: string, key: string): unknown {
    return this.of(view).get(key)?.value;
  }

  list(view: string, prefix = ''): readonly { key: string; index: number; value: unknown }[] {
    return [...this.of(view)]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { index, value }]) => ({ key, index, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private of(view: string): Folded {
    const documents = this.byView.get(view);
    if (documents === undefined) throw new Error(`the view ${view} was not folded`);
    return documents;
  }
}
