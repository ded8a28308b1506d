import { SqliteFeed } from '@jejak/adapters/sqlite';
import { type CheckpointStore, CommandRunner, type Marker, streamName } from '@jejak/core';
import { BrokenViewStore, MemoryLog, MemoryViewStore } from '@jejak/core/testing';
import { catalogue, deciders } from '@jejak/domain';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import type { FollowerParts } from '../../libs/runtime/src/worker/loops';
import type { Stopped } from '../../libs/runtime/src/worker/messages';
import { Rest } from '../../libs/runtime/src/worker/rest';

export const OFFICE = { subject: 'u-office', role: 'office' };
export const EVALUATOR = { subject: 'u-evaluator', role: 'evaluator' };

/** Programmes on stores in memory, a clock that a test drives, and all that a worker needs to follow them. */
export class FollowedCity {
  now = Date.parse('2023-07-10T03:00:00.000Z');
  readonly log = new MemoryLog(() => this.now);
  readonly store = new BrokenViewStore(() => this.stored);
  readonly commands = new CommandRunner({ log: this.log, deciders, catalogue, clock: () => this.now });
  readonly troubles: { readonly loop: string; readonly message: string; readonly at: number }[] = [];
  readonly stopped: Stopped[] = [];
  readonly moves: { readonly view: string; readonly programme: string; readonly marker: Marker }[] = [];
  ready = 0;
  private readonly stored = new MemoryViewStore();
  private readonly positions = new Map<string, string>();
  private keys = 0;

  /** What a worker is given; a test puts in what is to go wrong. */
  parts(more: Partial<FollowerParts> = {}): FollowerParts {
    const checkpoints: CheckpointStore = {
      load: async (group) => this.positions.get(group),
      save: async (group, position) => void this.positions.set(group, position),
    };
    const rest = new Rest();
    rest.take = async () => undefined;
    return {
      ...{ log: this.log, store: this.store, views, processes, catalogue, rest },
      feed: new SqliteFeed({ log: this.log, checkpoints }),
      clock: () => this.now,
      submit: (submission) => this.commands.run(submission),
      onMoved: (view, programme, marker) => this.moves.push({ view, programme, marker }),
      onReady: () => this.ready++,
      onTrouble: (loop, { message }) => this.troubles.push({ loop, message, at: performance.now() }),
      onStopped: (each) => this.stopped.push(each),
      ...more,
    };
  }

  async give(
    actor: { subject: string; role: string },
    stream: string,
    type: string,
    body: object,
  ): Promise<void> {
    const key = `k${String(this.keys++)}`;
    await this.commands.run({ actor, stream, type, body: body as never, key, correlationId: key });
  }

  /** Establishes a programme with an agency. */
  async programme(name: string): Promise<void> {
    const stream = streamName('programme', name);
    await this.give(OFFICE, stream, 'EstablishProgramme', {
      ...{ name, from: '2023-01-01', to: '2023-12-31', timeZone: 'Asia/Jakarta', legalBasis: [] },
      dimensions: [{ code: 'g', name: 'G' }],
    });
    await this.give(OFFICE, stream, 'EnrolAgency', { agency: 'Dinas', name: 'D', effectiveOn: '2023-01-01' });
  }

  /** Schedules, opens and closes its phase I, with the cut-off at the end of June. */
  async closed(name: string): Promise<void> {
    const stream = streamName('phase', name);
    const period = { from: '2023-01-01', to: '2023-06-30' };
    const dates = { cutOff: '2023-06-30', reportDue: '2023-07-05' };
    await this.give(OFFICE, stream, 'SchedulePhase', { phase: 'I', name: 'Satu', period, ...dates });
    await this.give(OFFICE, stream, 'OpenPhase', { phase: 'I' });
    await this.give(OFFICE, stream, 'ClosePhase', { phase: 'I' });
  }

  /** Raises a finding of phase I, whose answer is due on that day. */
  async finding(name: string, code: string, dueOn: string): Promise<void> {
    await this.give(EVALUATOR, streamName('finding', name, code), 'RaiseFinding', {
      ...{ code, phase: 'I', agency: 'Dinas', title: 't', description: 'd', recommendation: 'r' },
      ...{ occurredOn: '2023-07-01', dueOn },
    });
  }

  /** The types of a programme's events, in order. */
  async types(name: string): Promise<readonly string[]> {
    const all: string[] = [];
    for await (const page of this.log.readProgramme(name, 0))
      all.push(...page.map(({ event }) => event.type));
    return all;
  }

  /** How far a view, or `process-<name>`, has come in a programme. */
  async markerOf(view: string, name: string): Promise<Marker | undefined> {
    const version = views.find((each) => each.name === view)?.version ?? 1;
    const generation = await this.store.current(view, version);
    return generation === undefined ? undefined : this.store.marker(generation, name);
  }
}

/** Waits until something holds, for some seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 800; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to that');
}
