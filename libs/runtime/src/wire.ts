import {
  type Catalogue,
  type Clock,
  CommandRunner,
  type Credentials,
  type EventLog,
  type EvidenceStore,
  type ViewStore,
  ViewWaiter,
} from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { views } from '@jejak/views';
import { Ask } from './ask/ask';
import type { Config } from './config';
import { Guard } from './guard';
import { Identity } from './identity';
import { watchedLog } from './watch/ports';
import { UNWATCHED, type Watch, watchedCommands } from './watch/watch';

/** What an installation keeps, wherever it keeps it. */
export interface Kept {
  readonly log: EventLog;
  readonly credentials: Credentials;
  readonly evidence: EvidenceStore;
  /** the views, for reading */
  readonly store: ViewStore;
}

/** What is made of that, alike on one machine and on many. */
export interface Wired extends Kept {
  readonly config: Config;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly commands: CommandRunner;
  readonly ask: Ask;
  readonly guard: Guard;
  readonly identity: Identity;
  readonly waiter: ViewWaiter;
}

export interface WireOptions {
  /** told that somebody waits for the views */
  readonly onWaiting?: () => void;
  /** what commands are measured and traced by; nothing when undefined */
  readonly watch?: Watch | undefined;
}

/** Puts the parts of an installation together. */
export async function wire(
  config: Config,
  clock: Clock,
  kept: Kept,
  { onWaiting, watch = UNWATCHED }: WireOptions = {},
): Promise<Wired> {
  const { log, credentials, store } = kept;
  const { logId } = log;
  const commands = new CommandRunner({
    ...{ deciders, catalogue, clock },
    log: watchedLog(log, watch),
    ...watchedCommands(watch),
  });
  const bound = config.waitMilliseconds;
  const waiter = new ViewWaiter({ logId, store, views, bound, ...(onWaiting && { onWaiting }) });
  const guard = new Guard({ commands, deciders, credentials, clock });
  const isOpen = (subject: string): Promise<boolean> => guard.isOpen(subject);
  const identity = await Identity.open({ credentials, clock, config, isOpen });
  const ask = new Ask({ log, store, waiter, logId, views, catalogue, clock, kept: config.historyAnswers });
  return { ...kept, config, clock, catalogue, commands, ask, guard, identity, waiter };
}
