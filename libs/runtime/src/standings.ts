import { GenerationGone, type Head, type Marker, type ViewStore } from '@jejak/core';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';

/** How far a view or a process has come, and for which programmes it takes no further event. */
export interface Standing {
  readonly what: 'view' | 'process';
  readonly name: string;
  /** whether it can be read: not while it is built for the first time */
  readonly built: boolean;
  /** events of the given heads that it has not dealt with */
  readonly lag: number;
  readonly stopped: readonly StoppedAt[];
}

type StoppedAt = { readonly programme: string } & NonNullable<Marker['stopped']>;

/**
 * How all views and processes stand.
 *
 * @param heads of the log, read before
 * @throws what the store throws
 */
export function standings(store: ViewStore, heads: readonly Head[] = []): Promise<readonly Standing[]> {
  // How far a process has come is the marker of a view without documents.
  const all = [
    ...views.map(({ name, version }) => ({ what: 'view' as const, name, version, kept: name })),
    ...processes.map(({ name }) => ({
      what: 'process' as const,
      name,
      version: 1,
      kept: `process-${name}`,
    })),
  ];
  return Promise.all(
    all.map(async ({ what, name, version, kept }) => {
      const markers = await markersOf(store, kept, version);
      const lag = heads.reduce(
        (sum, { programme, index }) => sum + Math.max(0, index - (markers?.get(programme)?.index ?? -1)),
        0,
      );
      const stopped = [...(markers ?? [])].flatMap(([programme, marker]) =>
        marker.stopped === undefined ? [] : { programme, ...marker.stopped },
      );
      return { what, name, built: markers !== undefined, lag, stopped };
    }),
  );
}

/** Undefined for what is being built for the first time, or was swapped while this looked. */
async function markersOf(
  store: ViewStore,
  name: string,
  version: number,
): Promise<ReadonlyMap<string, Marker> | undefined> {
  const generation = await store.current(name, version);
  if (generation === undefined) return undefined;
  try {
    return await store.markers(generation);
  } catch (error) {
    if (error instanceof GenerationGone) return undefined;
    throw error;
  }
}
