import type { ProgrammeEvent } from '../envelope';
import type { Marker } from '../ports/view-store';
import { CommandRunner } from '../run-command';
import { type Process, ProcessRunner, type ProcessRunnerOptions } from '../run-process';
import { parseStream, streamName } from '../stream-name';
import type { Submission } from '../submission';
import { BrokenLog } from './broken-log';
import { BrokenViewStore } from './broken-view-store';
import type { ContractTests } from './contract';
import { toyCatalogue, toyDeciders } from './counter';
import { collect, type EventLogFixture } from './log-fixture';
import type { ViewStoreFixture } from './view-store.contract';

export const P = 'malang.2023';
export const Q = 'batu.2023';
export const counter = (code: string, programme = P) => streamName('counter', programme, code);
export const submission = (
  type: string,
  stream: string,
  body: { by?: number; limit?: number },
  key: string,
  subject = 'u-1',
): Submission => ({ type, stream, body, key, actor: { subject, role: 'office' }, correlationId: key });

/** Adds to one counter of a programme what was added to another. */
export const copying = (name: string, from: string, to: string): Process => ({
  name,
  handles: ({ type, stream }) => type === 'Added' && parseStream(stream).code === from,
  react: async ({ event }, { submit }) => {
    const { by } = event.data as { by: number };
    const stream = counter(to, event.programme);
    await submit(submission('Add', stream, { by }, `copy ${event.id}`, `process:${name}`));
  },
});

/** What each test of run-process has: a log and a store that are empty and may go wrong, and who sends commands. */
export interface ProcessesUnderTest {
  readonly log: BrokenLog;
  readonly store: BrokenViewStore;
  readonly commands: CommandRunner;
  /** A new runner, as after a restart. */
  runner(processes: readonly Process[], options?: Partial<ProcessRunnerOptions>): ProcessRunner;
  /** Adds to a counter. */
  add(code: string, by: number, programme?: string): Promise<void>;
  /** What a counter has come to. */
  total(code: string, programme?: string): Promise<number>;
  /** All events of a programme. */
  events(programme?: string): Promise<readonly ProgrammeEvent[]>;
  /** Keeps what is stored now; calling the result brings it back. */
  backup(): Promise<() => Promise<void>>;
  /** How far a process has come, as it is stored. */
  markerOf(process: string, programme?: string): Promise<Marker>;
}

export type ProcessTests = (under: () => ProcessesUnderTest) => ContractTests;

export function processesUnderTest(
  logFixture: EventLogFixture,
  storeFixture: ViewStoreFixture,
): ProcessesUnderTest {
  const log = new BrokenLog(() => logFixture.log);
  const store = new BrokenViewStore(() => storeFixture.store);
  const commands = new CommandRunner({ log, deciders: toyDeciders, catalogue: toyCatalogue, clock: () => 0 });
  let keys = 0;
  const runner: ProcessesUnderTest['runner'] = (
    processes: readonly Process[],
    options?: Partial<ProcessRunnerOptions>,
  ) =>
    new ProcessRunner({
      processes,
      store,
      log,
      catalogue: toyCatalogue,
      submit: (each) => commands.run(each),
      ...options,
    });
  const add = async (code: string, by: number, programme = P): Promise<void> => {
    await commands.run(submission('Add', counter(code, programme), { by }, `k${String(++keys)}`));
    await logFixture.settled();
  };
  const total = async (code: string, programme = P) =>
    ((await commands.read(counter(code, programme))).state as { total: number }).total;
  const events = async (programme = P) => {
    await logFixture.settled();
    return collect(log.readProgramme(programme, 0));
  };
  const markerOf = async (process: string, programme = P): Promise<Marker> =>
    store.marker((await store.current(`process-${process}`, 1))!, programme);
  const backup: ProcessesUnderTest['backup'] = async () => {
    if (storeFixture.backup === undefined) throw new Error('the fixture can bring nothing back');
    return storeFixture.backup();
  };
  return { log, store, commands, runner, add, total, events, backup, markerOf };
}
