import type { Head } from './ports/event-log';
import type { Marker } from './ports/view-store';

/** The markers with none of them stopped: what stopped is tried again, since the fix may be in this version. */
export function untried(markers: ReadonlyMap<string, Marker>): Map<string, Marker> {
  return new Map([...markers].map(([programme, { index, position }]) => [programme, { index, position }]));
}

/** Whether the markers, read before the heads, have seen more than the log holds: they are of another history. */
export function aheadOf(markers: ReadonlyMap<string, Marker>, heads: readonly Head[]): boolean {
  const indexes = new Map(heads.map((head) => [head.programme, head.index]));
  return [...markers].some(([programme, { index }]) => index > (indexes.get(programme) ?? -1));
}
