import { byProgramme, isRun } from './batches';
import type { Envelope, ProgrammeEvent } from './envelope';
import type { Catalogue } from './event-types';
import { KnownMarkers } from './markers';
import { isLasting } from './lasting';
import { EVERYTHING, type Share } from './ports/event-feed';
import type { Head, ProgrammeReader } from './ports/event-log';
import type { Marker, ViewStore } from './ports/view-store';
import type { Receipt, Submission } from './submission';

/** What a process may use. */
export interface ProcessTools {
  readonly log: ProgrammeReader;
  readonly catalogue: Catalogue;
  /** Carries out a command; give it a key that follows from the event, so that a repeat is the same command. */
  readonly submit: (submission: Submission) => Promise<Receipt>;
}

/** What answers events with commands. An event may come again after a crash; its commands are then repeats. */
export interface Process<E extends Envelope = Envelope> {
  readonly name: string;
  /** whether the event is one that it answers */
  handles(event: E): boolean;
  react(recorded: ProgrammeEvent<E>, tools: ProcessTools): Promise<void>;
}

export interface ProcessRunnerOptions extends ProcessTools {
  readonly processes: readonly Process[];
  /** keeps how far each process has come, as the marker of a view without documents */
  readonly store: ViewStore;
  /** told when a process stops for a programme, with the index of the event that it could not answer */
  readonly onStopped?: (process: string, programme: string, stopped: NonNullable<Marker['stopped']>) => void;
}

interface Slot {
  readonly process: Process;
  readonly generation: string;
  readonly markers: KnownMarkers;
}

/**
 * Hands events to processes, in order per programme, each at least once. What the log or the moment keeps it from is
 * tried again by the caller. A process that fails on an event by itself, by a rule or by what this version of the
 * software does not know, stops for that programme until somebody takes it next. Call one method at a time.
 */
export class ProcessRunner {
  private slots: readonly Slot[] = [];

  constructor(private readonly options: ProcessRunnerOptions) {}

  /**
   * Takes everything, as who is alone.
   *
   * @throws as `take`
   */
  async start(signal?: AbortSignal): Promise<void> {
    await this.take(EVERYTHING, signal);
  }

  /**
   * Reads how far each process has come in the programmes of a share, and hands on what came since.
   *
   * @param signal ends the catching up early, between two programmes, as the end of the share does
   * @throws what the log and the store throw, of the log's writing all that a repeat may mend, once every other
   *   programme has had its turn: what was not handed on comes again
   */
  async take(share: Share, signal?: AbortSignal): Promise<void> {
    const turns = new Turns();
    for (const head of await this.open(share)) {
      if (signal?.aborted === true || share.over.aborted) return;
      for (const slot of this.slots) await turns.take(() => this.catchUp(slot, head.programme, head.index));
    }
    turns.end();
  }

  /** Reads how far each process has come, and hands nothing on. Gives the log's heads of the share. */
  async open(share = EVERYTHING): Promise<readonly Head[]> {
    const { processes, log } = this.options;
    const mine = async (): Promise<readonly Head[]> =>
      (await log.heads()).filter(({ programme }) => share.has(programme));
    const programmes = share === EVERYTHING ? undefined : (await mine()).map(({ programme }) => programme);
    const found = await Promise.all(processes.map((process) => this.slotOf(process, programmes)));
    const heads = await mine();
    this.slots = await Promise.all(
      found.map(async (slot) => (slot.markers.aheadOf(heads) ? this.anew(slot.process) : slot)),
    );
    return heads;
  }

  /**
   * Hands on a batch of any programmes.
   *
   * @throws as `start`
   */
  async apply(batch: readonly ProgrammeEvent[]): Promise<void> {
    const turns = new Turns();
    for (const [programme, events] of byProgramme(batch)) {
      const toIndex = Math.max(...events.map((recorded) => recorded.index));
      for (const slot of this.slots) {
        await slot.markers.know(programme);
        const from = nextOf(slot, programme);
        const page = events.filter((recorded) => recorded.index >= from);
        await turns.take(() =>
          isRun(page, from) ? this.handOn(slot, programme, [page]) : this.catchUp(slot, programme, toIndex),
        );
      }
    }
    turns.end();
  }

  /**
   * Hands on what the log has of a programme, and what the answers add, until nothing is left.
   *
   * @throws as `start`
   */
  async drain(programme: string): Promise<void> {
    let seen = -1;
    for (;;) {
      const head = await this.options.log.head(programme);
      if (head === undefined || head.index === seen) return;
      seen = head.index;
      for (const slot of this.slots) await this.catchUp(slot, programme, seen);
    }
  }

  /**
   * Sees whether the store is where it was left, in every programme. May be called while another method is at work.
   *
   * @throws ViewStoreMoved and GenerationGone: take the share again
   */
  async verify(): Promise<void> {
    await Promise.all(this.slots.map(({ markers }) => markers.stillThere()));
  }

  /** The processes' markers of a programme, by process name. */
  markers(programme: string): ReadonlyMap<string, Marker> {
    return new Map(this.slots.map(({ process, markers }) => [process.name, markers.of(programme)]));
  }

  private async slotOf(process: Process, programmes: readonly string[] | undefined): Promise<Slot> {
    const { store } = this.options;
    const view = viewOf(process);
    const { generation, isCurrent } = await store.open(view, 1);
    if (!isCurrent) await store.swap(view, generation);
    const markers = new KnownMarkers(store, generation);
    await markers.read(programmes);
    return { process, generation, markers };
  }

  /** Not this log's history: it begins anew, and what was answered before is answered by repeats. */
  private async anew(process: Process): Promise<Slot> {
    const { store } = this.options;
    const generation = await store.building(viewOf(process), 1);
    await store.swap(viewOf(process), generation);
    return { process, generation, markers: new KnownMarkers(store, generation) };
  }

  private async catchUp(slot: Slot, programme: string, toIndex: number): Promise<void> {
    await slot.markers.know(programme);
    const from = nextOf(slot, programme);
    if (from > toIndex) return;
    await this.handOn(slot, programme, this.options.log.readProgramme(programme, from, toIndex));
  }

  /** @param pages those behind the process's marker, without a gap */
  private async handOn(
    slot: Slot,
    programme: string,
    pages: AsyncIterable<readonly ProgrammeEvent[]> | Iterable<readonly ProgrammeEvent[]>,
  ): Promise<void> {
    const { store } = this.options;
    const save = async (marker: Marker): Promise<void> => {
      const after = slot.markers.of(programme).index;
      await store.commit([{ generation: slot.generation, programme, documents: [], after, marker }]);
      slot.markers.set(programme, marker);
    };
    let marker = slot.markers.of(programme);
    if (marker.stopped !== undefined) return;
    for await (const page of pages) {
      for (const recorded of page) {
        const answer = await this.handTo(slot.process, recorded);
        if (answer instanceof Error) {
          const stopped = { index: recorded.index, error: answer.message };
          await save({ ...marker, stopped });
          this.options.onStopped?.(slot.process.name, programme, stopped);
          return;
        }
        marker = { index: recorded.index, position: recorded.position };
        if (answer === 'answered') await save(marker);
      }
      if (marker.index > slot.markers.of(programme).index) await save(marker);
    }
  }

  /**
   * @returns what the process failed on by itself, as an error
   * @throws what its tools failed on, and will not for ever
   */
  private async handTo(
    process: Process,
    recorded: ProgrammeEvent,
  ): Promise<'answered' | 'passed over' | Error> {
    const passing = new Set<unknown>();
    try {
      const event = this.options.catalogue.upcast(recorded.event);
      if (!process.handles(event)) return 'passed over';
      await process.react(
        { ...recorded, event },
        watched(this.options, (error) => passing.add(error)),
      );
      return 'answered';
    } catch (error) {
      if (passing.has(error)) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** The turns of programmes that do not wait for each other: what one throws comes when the others have had theirs. */
class Turns {
  private readonly failures: unknown[] = [];

  async take(turn: () => Promise<void>): Promise<void> {
    try {
      await turn();
    } catch (error) {
      this.failures.push(error);
    }
  }

  /** @throws the first failure, if there was one */
  end(): void {
    if (this.failures.length > 0) throw this.failures[0];
  }
}

/** The tools, with each error told of that may be gone the next time: every one of reading, and of writing most. */
function watched(
  { log, catalogue, submit }: ProcessTools,
  onPassing: (error: unknown) => void,
): ProcessTools {
  const passing = (error: unknown): never => {
    onPassing(error);
    throw error;
  };
  return {
    catalogue,
    log: {
      async *readProgramme(programme, fromIndex, toIndex) {
        try {
          yield* log.readProgramme(programme, fromIndex, toIndex);
        } catch (error) {
          passing(error);
        }
      },
      heads: () => log.heads().catch(passing),
      head: (programme) => log.head(programme).catch(passing),
    },
    submit: async (submission) => {
      try {
        return await submit(submission);
      } catch (error) {
        if (!isLasting(error)) onPassing(error);
        throw error;
      }
    },
  };
}

/** Under which a process keeps how far it has come. */
const viewOf = ({ name }: Process): string => `process-${name}`;

function nextOf(slot: Slot, programme: string): number {
  return slot.markers.of(programme).index + 1;
}
