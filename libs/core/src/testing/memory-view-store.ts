import type { Json } from '../json';
import {
  GenerationGone,
  type Marker,
  NO_MARKER,
  type OpenedGeneration,
  type ViewDocument,
  type ViewStore,
  ViewStoreMoved,
  type ViewWrite,
} from '../ports/view-store';

interface Generation {
  readonly view: string;
  readonly version: number;
  state: 'building' | 'current';
  /** by programme and key; the value as JSON, undefined for a tombstone */
  readonly documents: Map<
    string,
    Map<string, { readonly index: number; readonly value: string | undefined }>
  >;
  readonly markers: Map<string, Marker>;
}

/** Views in memory, for tests: it passes the contract of every view store. Versions stay until it is closed. */
export class MemoryViewStore implements ViewStore {
  private generations = new Map<string, Generation>();
  private begun = 0;

  /**
   * @param crash called before each document and each marker is written; what it throws stops the commit there, as a
   *   store without transactions would be stopped by a crash
   */
  constructor(private readonly crash: () => void = () => undefined) {}

  async current(view: string, version: number): Promise<string | undefined> {
    return this.find(view, 'current', version);
  }

  async open(view: string, version: number): Promise<OpenedGeneration> {
    const current = this.find(view, 'current', version);
    if (current !== undefined) return { generation: current, isCurrent: true };
    return { generation: await this.building(view, version), isCurrent: false };
  }

  async building(view: string, version: number, insteadOf?: string): Promise<string> {
    const found = this.find(view, 'building', version);
    if (found !== undefined && found !== insteadOf) return found;
    if (found !== undefined) this.generations.delete(found);
    const id = String(++this.begun);
    this.generations.set(id, { view, version, state: 'building', documents: new Map(), markers: new Map() });
    return id;
  }

  async swap(view: string, generation: string): Promise<void> {
    const next = this.generation(generation);
    if (next.view !== view) throw new GenerationGone(generation);
    for (const [id, other] of this.generations) {
      if (other.view === view && other.version === next.version && other !== next)
        this.generations.delete(id);
    }
    next.state = 'current';
  }

  async marker(generation: string, programme: string): Promise<Marker> {
    return this.generation(generation).markers.get(programme) ?? NO_MARKER;
  }

  async markers(generation: string, programmes?: readonly string[]): Promise<ReadonlyMap<string, Marker>> {
    const { markers } = this.generation(generation);
    return new Map([...markers].filter(([programme]) => programmes?.includes(programme) ?? true));
  }

  async load(
    generation: string,
    programme: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ViewDocument>> {
    const wanted = new Set(keys);
    const found = this.documents(generation, programme).filter(({ key }) => wanted.has(key));
    return new Map(found.map((document) => [document.key, document]));
  }

  async list(generation: string, programme: string, prefix = ''): Promise<readonly ViewDocument[]> {
    return this.documents(generation, programme)
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async commit(writes: readonly ViewWrite[]): Promise<void> {
    for (const { generation, programme, after } of writes) {
      const { index } = this.generation(generation).markers.get(programme) ?? NO_MARKER;
      if (index < after) throw new ViewStoreMoved(generation, programme, after, index);
    }
    for (const { generation, programme, documents, marker } of writes) {
      const { documents: kept, markers } = this.generation(generation);
      let ofProgramme = kept.get(programme);
      if (ofProgramme === undefined) kept.set(programme, (ofProgramme = new Map()));
      for (const { key, index, value } of documents) {
        this.crash();
        if (index > (ofProgramme.get(key)?.index ?? -1)) {
          ofProgramme.set(key, { index, value: value === undefined ? undefined : JSON.stringify(value) });
        }
      }
      this.crash();
      if (marker.index >= (markers.get(programme) ?? NO_MARKER).index) markers.set(programme, { ...marker });
    }
  }

  async close(): Promise<void> {
    return;
  }

  /** What is kept now; calling the result brings it back, as a backup that is restored does. */
  backup(): () => void {
    const kept = structuredClone(this.generations);
    return () => {
      this.generations = structuredClone(kept);
    };
  }

  private find(view: string, state: Generation['state'], version: number): string | undefined {
    for (const [id, one] of this.generations) {
      if (one.view === view && one.state === state && one.version === version) return id;
    }
    return undefined;
  }

  private generation(id: string): Generation {
    const found = this.generations.get(id);
    if (found === undefined) throw new GenerationGone(id);
    return found;
  }

  private documents(generation: string, programme: string): ViewDocument[] {
    const documents = this.generation(generation).documents.get(programme) ?? [];
    return [...documents].flatMap(([key, { index, value }]) =>
      value === undefined ? [] : [{ key, index, value: JSON.parse(value) as Json }],
    );
  }
}
