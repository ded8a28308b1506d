import type { Config } from './config';
import type { Jejak } from './jejak';
import type { ProviderState } from './oidc/provider-keys';
import { type Standing, standings } from './standings';
import { scrubber } from './watch/scrub';
import type { FollowerStatus } from './worker/host';

/** What takes no further event of a programme. */
export interface StoppedParts {
  /** views that take no further event of a programme; their last answers are served as stale */
  readonly stopped: readonly {
    readonly view: string;
    readonly programme: string;
    readonly index: number;
    readonly error: string;
  }[];
  /** processes that answer no further event of a programme, until the next start: `seal-phase` seals nothing there */
  readonly stoppedProcesses: readonly {
    readonly process: string;
    readonly programme: string;
    /** of the event that it could not answer */
    readonly index: number;
    readonly error: string;
  }[];
}

/** Whether something answers, and why not. */
export interface Answering {
  readonly answers: boolean;
  readonly reason?: string;
}

/** Whether an installation can do all its work, and what keeps it from that. */
export interface Readiness extends StoppedParts {
  readonly status: 'ready' | 'not-ready';
  readonly log: { readonly writes: boolean; readonly reason?: string };
  /** where views, accounts and evidence are kept */
  readonly stores: Answering;
  readonly worker: FollowerStatus;
  /** where there is one */
  readonly identityProvider?: ProviderState;
}

/** How long an answer is waited for, in milliseconds: who asks has patience for a few seconds only. */
const PATIENCE = 3_000;

type Asked = Pick<Jejak, 'store' | 'logTrouble' | 'workerStatus'> & {
  readonly config?: Config;
  readonly identity?: Pick<Jejak['identity'], 'providerState'>;
};

/**
 * Ready is who can record, whose views have caught up, and who has had the keys of the identity provider, where there is
 * one: so that processes that know them are not ended for one that does not. A stopped view or process does not make the whole unready: all
 * else is answered, and what a view holds is served as stale.
 */
export async function readiness(jejak: Asked, patience = PATIENCE): Promise<Readiness> {
  const scrub = scrubber(jejak.config ?? {});
  const [reason, stores, worker, provider] = await Promise.all([
    inTime(jejak.logTrouble(), patience).catch(messageOf),
    stoppedParts(jejak.store, patience, scrub),
    inTime(jejak.workerStatus(), patience).catch((error: unknown): FollowerStatus => ({
      state: 'catching-up',
      trouble: scrub(messageOf(error)),
    })),
    inTime(Promise.resolve(jejak.identity?.providerState()), patience).catch(
      (error: unknown): ProviderState => ({ keys: false, reason: messageOf(error) }),
    ),
  ]);
  const { answering, ...parts } = stores;
  const writes = reason === undefined;
  const isReady = writes && answering.answers && worker.state === 'ready' && provider?.keys !== false;
  return {
    status: isReady ? 'ready' : 'not-ready',
    log: { writes, ...(reason !== undefined && { reason: scrub(reason) }) },
    stores: answering,
    worker,
    ...(provider !== undefined && { identityProvider: provider }),
    ...parts,
  };
}

/** What has stopped, and whether the store of views answers at all. */
export async function stoppedParts(
  store: Jejak['store'],
  patience = PATIENCE,
  scrub = (text: string): string => text,
): Promise<StoppedParts & { readonly answering: Answering }> {
  let all: readonly Standing[] = [];
  let answering: Answering = { answers: true };
  try {
    all = await inTime(standings(store), patience);
  } catch (error) {
    answering = { answers: false, reason: scrub(messageOf(error)) };
  }
  const of = (what: Standing['what']) =>
    all
      .filter((each) => each.what === what)
      .flatMap(({ name, stopped }) => stopped.map((each) => ({ name, each })));
  return {
    answering,
    stopped: of('view').map(({ name, each }) => ({ view: name, ...each })),
    stoppedProcesses: of('process').map(({ name, each }) => ({ process: name, ...each })),
  };
}

async function inTime<T>(answer: Promise<T>, patience: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${String(patience)} ms`)), patience);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
