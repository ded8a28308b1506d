import fs from 'node:fs';
import path from 'node:path';
import {
  type AnyDecider,
  type AnyView,
  type Catalogue,
  type Envelope,
  type EventLog,
  type LoggedEvent,
  parseStream,
} from '@jejak/core';
import { LRUCache } from 'lru-cache';

/** A stream as rows are compared with it: its state for the decider, its document for natural keys. */
export interface Recorded {
  readonly state: unknown;
  /** -1 where the stream has no event */
  readonly revision: number;
  /** of the view that has the stream's kind; undefined where nothing has been folded into it */
  readonly document: unknown;
  /** the ids of the commands that gave its events */
  readonly commands: ReadonlySet<string>;
}

interface Held extends Recorded {
  state: unknown;
  revision: number;
  document: unknown;
  readonly commands: Set<string>;
  /** whether it holds what the log does not: then it cannot be read again */
  ahead: boolean;
}

/** The views that keep one document for each stream of a kind. */
const VIEW_OF: { readonly [kind: string]: string } = {
  action: 'actions',
  budget: 'budget',
  csr: 'csr',
  programme: 'programmes',
};

/** Streams held in memory. */
const HELD = 2_000;

export interface RecordedOptions {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly deciders: readonly AnyDecider[];
  readonly views: readonly AnyView[];
  readonly catalogue: Catalogue;
  /** where streams go that a preview has moved and that do not fit in memory */
  readonly directory: string;
}

/** Streams as the log has them, or as a preview has moved them ahead of the log. */
export class RecordedStreams {
  private readonly held: LRUCache<string, Held>;
  private readonly shelf: Shelf;

  constructor(private readonly options: RecordedOptions) {
    this.shelf = new Shelf(path.join(options.directory, 'streams'));
    this.held = new LRUCache<string, Held>({
      max: HELD,
      dispose: (held, stream, reason) => {
        if (reason === 'evict' && held.ahead) this.shelf.put(stream, textOf(held));
      },
    });
  }

  /** The stream as the log has it now. */
  async fresh(stream: string): Promise<Recorded> {
    const held = this.held.get(stream) ?? this.empty(stream);
    this.fold(stream, held, await this.options.log.readStream(stream, held.revision + 1));
    this.held.set(stream, held);
    return held;
  }

  /** The stream as it was moved ahead; from the log where it was not. */
  async ahead(stream: string): Promise<Recorded> {
    const held = this.held.get(stream);
    if (held !== undefined) return held;
    const shelved = this.shelf.take(stream);
    if (shelved === undefined) return this.fresh(stream);
    const back = heldOf(shelved);
    this.held.set(stream, back);
    return back;
  }

  /** Moves a stream ahead of the log by events that were not appended. */
  async move(stream: string, events: readonly Envelope[]): Promise<void> {
    const held = (await this.ahead(stream)) as Held;
    held.ahead = true;
    this.fold(
      stream,
      held,
      events.map((event) => ({ event, position: '0' })),
    );
    this.held.set(stream, held);
  }

  decider(stream: string): AnyDecider {
    const { kind } = parseStream(stream);
    const decider = this.options.deciders.find((each) => each.kind === kind);
    if (decider === undefined) throw new Error(`there are no ${kind} streams`);
    return decider;
  }

  close(): void {
    this.shelf.close();
  }

  private empty(stream: string): Held {
    const state: unknown = this.decider(stream).initial;
    return { state, revision: -1, document: undefined, commands: new Set(), ahead: false };
  }

  private fold(stream: string, held: Held, events: readonly LoggedEvent[]): void {
    const decider = this.decider(stream);
    const view = this.options.views.find(({ name }) => name === VIEW_OF[decider.kind]);
    for (const { event: stored, position } of events) {
      if (stored.revision !== held.revision + 1) continue;
      const event = this.options.catalogue.upcast(stored);
      held.state = decider.evolve(held.state, event) as unknown;
      const [key] = view?.keys(event, event.revision) ?? [];
      if (view !== undefined && key !== undefined) {
        // The stream alone makes the document, so that its revision orders as its index would.
        held.document = view.fold(held.document, { event, position, index: event.revision }, key) as unknown;
      }
      held.revision = event.revision;
      held.commands.add(event.meta.commandId);
    }
  }
}

function textOf({ state, revision, document, commands }: Held): string {
  return JSON.stringify({ state, revision, document, commands: [...commands] });
}

function heldOf(text: string): Held {
  const { commands, ...rest } = JSON.parse(text) as Omit<Held, 'commands'> & { commands: string[] };
  return { ...rest, commands: new Set(commands), ahead: true };
}

/** Texts by key, in a file. */
class Shelf {
  private readonly places = new Map<string, { readonly at: number; readonly length: number }>();
  private file: number | undefined;
  private end = 0;

  constructor(private readonly name: string) {}

  put(key: string, text: string): void {
    this.file ??= fs.openSync(this.name, 'w+', 0o600);
    const bytes = Buffer.from(text, 'utf8');
    fs.writeSync(this.file, bytes, 0, bytes.length, this.end);
    this.places.set(key, { at: this.end, length: bytes.length });
    this.end += bytes.length;
  }

  take(key: string): string | undefined {
    const place = this.places.get(key);
    if (place === undefined || this.file === undefined) return undefined;
    this.places.delete(key);
    const bytes = Buffer.alloc(place.length);
    fs.readSync(this.file, bytes, 0, place.length, place.at);
    return bytes.toString('utf8');
  }

  close(): void {
    if (this.file !== undefined) fs.closeSync(this.file);
    this.file = undefined;
  }
}
