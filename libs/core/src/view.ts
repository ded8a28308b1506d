import type { Envelope, ProgrammeEvent } from './envelope';

/**
 * What people read, as a pure fold of a programme's events into documents.
 *
 * `E` is what the log holds; `D` is the document, any JSON.
 */
export interface View<D = unknown, E extends Envelope = Envelope> {
  readonly name: string;
  /** goes up when the fold changes: the view is then rebuilt beside the old one and swapped */
  readonly version: number;
  /** the keys of the documents that an event touches, each once; from the event and its index alone */
  keys(event: E, index: number): readonly string[];
  /**
   * The document after an event; undefined removes it. May change `document` in place: the runner owns it and
   * shares it with nobody.
   */
  fold(document: D | undefined, recorded: ProgrammeEvent<E>, key: string): D | undefined;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the runner hands each view only its own documents
export type AnyView = View<any, any>;

/**
 * A fold in memory: for history, for tests, and to check what is stored. As in the runner, a document takes each event
 * once.
 */
export function foldView<D>(
  view: View<D>,
  events: Iterable<ProgrammeEvent>,
  documents = new Map<string, { index: number; value: D }>(),
): Map<string, { index: number; value: D }> {
  for (const recorded of events) {
    for (const key of view.keys(recorded.event, recorded.index)) {
      const held = documents.get(key);
      if (held !== undefined && held.index >= recorded.index) continue;
      const value = view.fold(held?.value, recorded, key);
      if (value === undefined) {
        documents.delete(key);
      } else if (held === undefined) {
        documents.set(key, { index: recorded.index, value });
      } else {
        held.index = recorded.index;
        held.value = value;
      }
    }
  }
  return documents;
}
