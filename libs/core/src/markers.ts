import type { Head } from './ports/event-log';
import { type Marker, NO_MARKER, type ViewStore, ViewStoreMoved } from './ports/view-store';

/** The markers with none of them stopped: what stopped is tried again, since the fix may be in this version. */
export function untried(markers: ReadonlyMap<string, Marker>): Map<string, Marker> {
  return new Map([...markers].map(([programme, { index, position }]) => [programme, { index, position }]));
}

/** Whether the markers, read before the heads, have seen more than the log holds: they are of another history. */
export function aheadOf(markers: ReadonlyMap<string, Marker>, heads: readonly Head[]): boolean {
  const indexes = new Map(heads.map((head) => [head.programme, head.index]));
  return [...markers].some(([programme, { index }]) => index > (indexes.get(programme) ?? -1));
}

/**
 * Sees whether a generation's stored markers are where its writer left them, or further.
 *
 * @throws ViewStoreMoved where one is not; GenerationGone
 */
export async function stillThere(
  store: ViewStore,
  known: { readonly generation: string; readonly markers: ReadonlyMap<string, Marker> },
): Promise<void> {
  // As they are before the store is asked: it may be written meanwhile.
  const before = [...known.markers];
  const stored = await store.markers(known.generation);
  for (const [programme, { index }] of before) {
    const found = (stored.get(programme) ?? NO_MARKER).index;
    if (found < index) throw new ViewStoreMoved(known.generation, programme, index, found);
  }
}
