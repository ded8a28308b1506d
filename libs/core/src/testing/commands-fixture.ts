import type { Json } from '../json';
import type { CommandRunner, CommandRunnerOptions } from '../run-command';
import type { Receipt, Submission } from '../submission';
import type { BrokenLog } from './broken-log';
import type { ContractTests } from './contract';

/** What each test of run-command has: a programme of its own, and a log that may go wrong. */
export interface CommandsUnderTest {
  readonly log: BrokenLog;
  readonly clock: { now: number };
  readonly programme: string;
  /** how many commands are delivered several times */
  readonly commands: number;
  /** A new runner, as after a restart or in another process. */
  runner(options?: Partial<CommandRunnerOptions>): CommandRunner;
  /** The stream of the programme's counter. */
  counter(code?: string): string;
  submission(type: string, body: Json, more?: Partial<Submission>): Submission;
  /** Closes the log and opens it again. */
  reopen(): Promise<void>;
  /** Waits until the log can be read by programme. */
  settled(): Promise<void>;
}

export type CommandTests = (under: () => CommandsUnderTest) => ContractTests;

/** The revisions of a receipt's events. */
export const revisionsOf = (receipt: Receipt): readonly number[] =>
  receipt.events.map(({ revision }) => revision);
