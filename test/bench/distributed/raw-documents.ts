import type { RawEvent } from './raw-program';

/** Events in a document of a programme's trail, as in ours. */
const CHUNK = 500;

interface RawDocument {
  readonly _id: string;
  readonly facts: unknown[];
}

/**
 * What the baseline keeps of events: as many documents as our views write, of about their size (a disbursement is
 * told in the document of its line and in the trail of its programme, a report of an action in two documents and the
 * trail). Each is written once a batch, as ours are, and kept in memory.
 */
export class RawDocuments {
  private readonly documents = new Map<string, RawDocument>();
  private readonly counts = new Map<string, number>();

  /** The documents that a batch touches, and how far each of its programmes has come then. */
  fold(events: readonly RawEvent[]): {
    readonly touched: ReadonlyMap<string, string>;
    readonly reached: ReadonlyMap<string, number>;
  } {
    const touched = new Set<RawDocument>();
    const reached = new Map<string, number>();
    for (const event of events) {
      const { id, stream, programme, type, data, meta } = event;
      const count = (this.counts.get(programme) ?? 0) + 1;
      this.counts.set(programme, count);
      reached.set(programme, count);
      const own = { id, index: count - 1, ...data };
      touched.add(this.add(stream, own));
      if (stream.startsWith('raw_action')) touched.add(this.add(`${stream} counted`, own));
      const chunk = String(Math.floor((count - 1) / CHUNK));
      touched.add(this.add(`${programme} ${chunk}`, [id, type.length, stream.length, meta.actor.agency]));
    }
    const texts = new Map([...touched].map(({ _id, facts }) => [_id, JSON.stringify(facts)]));
    return { touched: texts, reached };
  }

  private add(key: string, fact: unknown): RawDocument {
    let document = this.documents.get(key);
    if (document === undefined) this.documents.set(key, (document = { _id: key, facts: [] }));
    document.facts.push(fact);
    return document;
  }
}
