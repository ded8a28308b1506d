import type { Envelope, ProgrammeEvent } from './envelope';
import type { Catalogue } from './event-types';
import { LogUnavailable, type ProgrammeReader } from './ports/event-log';
import { type Marker, NO_MARKER, type ViewStore } from './ports/view-store';
import { Contention, type Receipt, type Submission } from './run-command';
import { byProgramme } from './run-view';

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
}

interface Slot {
  readonly process: Process;
  readonly generation: string;
  readonly markers: Map<string, Marker>;
}

/** Hands events to processes, in order per programme, each at least once. */
export class ProcessRunner {
  private slots: readonly Slot[] = [];

  constructor(private readonly options: ProcessRunnerOptions) {}

  /** Reads how far each process has come, and hands on what came since. */
  async start(signal?: AbortSignal): Promise<void> {
    const { processes, store, log } = this.options;
    this.slots = await Promise.all(
      processes.map(async (process) => {
        const name = `process-${process.name}`;
        const generation = (await store.current(name, 1)) ?? (await store.building(name, 1));
        await store.swap(name, generation);
        const markers = new Map(await store.markers(generation));
        for (const [programme, { index, position }] of markers) markers.set(programme, { index, position });
        return { process, generation, markers };
      }),
    );
    for (const head of await log.heads()) {
      if (signal?.aborted === true) return;
      await this.drain(head.programme, head.index);
    }
  }

  /** Hands on a batch of any programmes. */
  async apply(batch: readonly ProgrammeEvent[]): Promise<void> {
    for (const [programme, events] of byProgramme(batch)) {
      await this.drain(programme, Math.max(...events.map((recorded) => recorded.index)));
    }
  }

  /** Hands on what the log has of a programme, up to its head now, and what the answers add. */
  async drain(programme: string, toIndex?: number): Promise<void> {
    for (const slot of this.slots) await this.drainSlot(slot, programme, toIndex);
  }

  /** The processes' markers of a programme, by process name. */
  markers(programme: string): ReadonlyMap<string, Marker> {
    return new Map(this.slots.map((slot) => [slot.process.name, slot.markers.get(programme) ?? NO_MARKER]));
  }

  private async drainSlot(slot: Slot, programme: string, toIndex?: number): Promise<void> {
    const { log, catalogue, store } = this.options;
    const save = async (marker: Marker): Promise<void> => {
      await store.commit([{ generation: slot.generation, programme, documents: [], marker }]);
      slot.markers.set(programme, marker);
    };
    let marker = slot.markers.get(programme) ?? NO_MARKER;
    if (marker.stopped !== undefined) return;
    for await (const page of log.readProgramme(programme, marker.index + 1, toIndex)) {
      for (const recorded of page) {
        try {
          const event = catalogue.upcast(recorded.event);
          if (slot.process.handles(event)) {
            await slot.process.react({ ...recorded, event }, this.options);
            await save({ index: recorded.index, position: recorded.position });
          }
        } catch (error) {
          // The log's own trouble passes; the caller tries again.
          if (error instanceof LogUnavailable || error instanceof Contention) throw error;
          const stopped = { index: recorded.index, error: error instanceof Error ? error.message : String(error) };
          await save({ ...marker, stopped });
          return;
        }
        marker = { index: recorded.index, position: recorded.position };
      }
      await save(marker);
    }
  }
}
