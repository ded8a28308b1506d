import { setTimeout as sleep } from 'node:timers/promises';
import {
  BadName,
  type Clock,
  type Envelope,
  type Gate,
  INSTALLATION,
  isProgramme,
  type LoggedEvent,
  LogUnavailable,
  OutcomeUnknown,
} from '@jejak/core';
import { compare, type Same } from './compare';
import { type CopiedEvidence, copyEvidence } from './evidence';
import { Named } from './named';
import { type CopiedPerson, copyDirectory, copyPeople, refuseStrangers } from './people';
import { CopyRefused } from './refused';
import { type Address, openSide, refuseSame, type Side } from './side';

export type CopyStage = 'comparing' | 'copying' | 'evidence' | 'people' | 'verifying';
export type CopyProgress = (stage: CopyStage, done: number, total: number) => void;

export interface CopyRequest {
  /** a programme, or `installation` */
  readonly programme: string;
  readonly from: Address;
  readonly to: Address;
  /** shuts the programme at the source, verifies all of it, and opens it at the target */
  readonly finish: boolean;
  readonly clock?: Clock;
}

/** What was done, and how the two logs stand. */
export interface Copied {
  readonly programme: string;
  /** events that both logs hold, the same bytes in the same order; of these now copied */
  readonly events: number;
  readonly copied: number;
  /** of the Merkle tree over them, in hex: that of both logs */
  readonly root: string;
  /** the programme goes on in the target, and is shut in the source */
  readonly ready: boolean;
  /** by an earlier run; this one changed nothing */
  readonly before: boolean;
  readonly evidence: CopiedEvidence;
  readonly people: readonly CopiedPerson[];
}

/** Events that are appended in one go. */
const BATCH = 500;
/** How often events are given again to a target that did not answer, and how long it is left alone before, in milliseconds. */
const REPEATS = 5;
const PAUSE = 1_000;

/**
 * Copies a programme's events from one log to another as they are, or what is missing of them: the same bytes in the same
 * order, so that receipts, seals and proofs hold. A run that was cut off is gone on with by the same call. Until `finish`
 * the target records nothing of the programme, and the source goes on; from `finish` on it is the other way round.
 *
 * @throws CopyRefused, BadName, CopyConflict; what opening and writing either installation throws. The same call again
 *   goes on from where it came to.
 */
export async function copyLog(
  { programme, from, to, finish, clock = Date.now }: CopyRequest,
  onProgress: CopyProgress = () => undefined,
): Promise<Copied> {
  if (!isProgramme(programme)) throw new BadName('programme', programme);
  refuseSame(from, to);
  const source = await openSide(from, finish ? 'shut' : 'read', clock);
  try {
    // Before the target is made, where there is none.
    await mustHold(source, programme);
    const target = await openSide(to, 'write', clock);
    try {
      return await copyBetween(source, target, { programme, finish, clock }, onProgress);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** As `copyLog`, between installations that are open. */
export async function copyBetween(
  source: Side,
  target: Side,
  { programme, finish, clock = Date.now }: Omit<CopyRequest, 'from' | 'to'>,
  onProgress: CopyProgress = () => undefined,
): Promise<Copied> {
  await mustHold(source, programme);
  return new Copy(programme, source, target, clock, onProgress).run(finish);
}

/**
 * Opens a programme at the source again that was being moved, and has not arrived. The target keeps what it has of it,
 * and takes the rest another time.
 *
 * @throws CopyRefused `nothing-to-abandon`, also of one that has arrived
 */
export async function abandonCopy(programme: string, from: Address, clock: Clock = Date.now): Promise<void> {
  const source = await openSide(from, 'shut', clock);
  try {
    if ((await source.log.gate(programme))?.state !== 'leaving')
      throw new CopyRefused('nothing-to-abandon', { programme });
    await source.log.setGate(programme, undefined);
  } finally {
    await source.close();
  }
}

class Copy {
  private readonly named = new Named();
  /** subjects that are the same account in both, or not yet any in the target */
  private readonly known = new Set<string>();

  constructor(
    private readonly programme: string,
    private readonly source: Side,
    private readonly target: Side,
    private readonly clock: Clock,
    private readonly onProgress: CopyProgress,
  ) {}

  async run(finish: boolean): Promise<Copied> {
    const { programme, source, target } = this;
    if (source.log.logId === target.log.logId) throw new CopyRefused('same-log');
    const [gate, targets] = [await source.log.gate(programme), await target.log.gate(programme)];
    if (gate?.state === 'arriving') throw new CopyRefused('source-arriving', { programme, log: gate.from });
    const isHere = gate?.to === target.log.logId;
    if (finish && gate !== undefined && !isHere)
      throw new CopyRefused('moved-elsewhere', { programme, log: gate.to });
    const same = await this.compared('comparing');
    if (gate?.state === 'moved' && isHere && same.longer !== 'source') {
      const isOpen = targets?.state !== 'arriving';
      // It goes on there already; a second copy at the same time may have shut it after the first had opened it.
      if (!isOpen && same.longer === 'target') await target.log.setGate(programme, undefined);
      if (isOpen || same.longer === 'target') return this.result(same, 0, 'before');
    }
    if (same.longer === 'target') throw new CopyRefused('target-ahead', { programme, count: same.count });
    for await (const page of source.log.eventsOf(programme, same.source)) await this.refuseStrangers(page);
    await this.receive(same, targets);
    if (finish && gate === undefined)
      await source.log.setGate(programme, { state: 'leaving', to: target.log.logId });
    const copied = await this.copy(same);
    const evidence = await copyEvidence(
      ...([programme, this.named.evidence, source.evidence, target.evidence] as const),
      (done, total) => this.onProgress('evidence', done, total),
    );
    if (!finish) return { ...this.result(await this.compared('verifying'), copied), evidence };
    const people = await this.people();
    const whole = await this.handOver();
    return { ...this.result(whole, copied, 'now'), evidence, people };
  }

  /** Shuts the programme at the target, before its first event is there. */
  private async receive({ count }: Same, gate: Gate | undefined): Promise<void> {
    const { programme, source, target } = this;
    if (programme === INSTALLATION && count === 0 && (await target.log.readAll(undefined, 1)).length > 0)
      throw new CopyRefused('target-not-empty');
    const arriving: Gate = { state: 'arriving', from: source.log.logId };
    if (gate?.state !== 'arriving' || gate.from !== arriving.from)
      await target.log.setGate(programme, arriving);
  }

  private async refuseStrangers(events: readonly LoggedEvent[]): Promise<void> {
    const named = new Named();
    for (const { event } of events) named.see(event);
    const news = [...named.granted].filter((subject) => !this.known.has(subject));
    await refuseStrangers(news, this.source.log, this.target.log);
    for (const subject of news) this.known.add(subject);
  }

  /** Copies what the source has behind what both hold, up to its end as of now. */
  private async copy({ source: after, count }: Same): Promise<number> {
    const { programme } = this;
    const total = (await this.source.log.head(programme))?.index ?? 0;
    let copied = 0;
    for await (const page of this.source.log.eventsOf(programme, after)) {
      for (let n = 0; n < page.length; n += BATCH) {
        const batch = page.slice(n, n + BATCH);
        // Again, for what was granted since the first look.
        await this.refuseStrangers(batch);
        const events = batch.map(({ event }) => event);
        await this.append(events);
        for (const event of events) this.named.see(event);
        copied += events.length;
        this.onProgress('copying', count + copied, Math.max(total + 1, count + copied));
      }
    }
    return copied;
  }

  /** Gives events again whose fate is not known: what is there is passed over. */
  private async append(events: readonly Envelope[]): Promise<void> {
    for (let repeat = 0; ; repeat++) {
      try {
        await this.target.log.appendAsWere(events);
        return;
      } catch (error) {
        const passes = error instanceof OutcomeUnknown || error instanceof LogUnavailable;
        if (!passes || repeat === REPEATS) throw error;
        await sleep(PAUSE);
      }
    }
  }

  private people(): Promise<readonly CopiedPerson[]> {
    const { programme, source, target, named, clock } = this;
    this.onProgress('people', 0, 1);
    return programme === INSTALLATION
      ? copyDirectory(source.credentials, target.credentials)
      : copyPeople(programme, named, source, target, clock);
  }

  /** Verifies all of it, and then lets the programme go on at the target, and there only. */
  private async handOver(): Promise<Same> {
    const { programme, source, target } = this;
    const leaving: Gate = { state: 'leaving', to: target.log.logId };
    const whole = await this.compared('verifying');
    if (whole.longer === 'source') throw new CopyRefused('source-moved', { programme });
    if (whole.longer === 'target') throw new CopyRefused('target-ahead', { programme, count: whole.count });
    await source.log.setGate(programme, { ...leaving, state: 'moved' });
    for await (const page of source.log.eventsOf(programme, whole.source)) {
      if (page.length === 0) continue;
      await source.log.setGate(programme, leaving);
      throw new CopyRefused('source-moved', { programme });
    }
    await target.log.setGate(programme, undefined);
    return whole;
  }

  private async compared(stage: 'comparing' | 'verifying'): Promise<Same> {
    const { programme, source, target, named } = this;
    const total = ((await source.log.head(programme))?.index ?? 0) + 1;
    return compare(programme, { source: source.log, target: target.log }, (event, index) => {
      named.see(event);
      if (index % BATCH === 0) this.onProgress(stage, index, Math.max(total, index));
    });
  }

  private result({ count, root }: Same, copied: number, arrived?: 'now' | 'before'): Copied {
    return {
      ...{ programme: this.programme, events: count, copied, root },
      ...{ ready: arrived !== undefined, before: arrived === 'before' },
      evidence: { copied: 0, there: 0, missing: [], damaged: [] },
      people: [],
    };
  }
}

/** @throws CopyRefused `unknown-programme` */
async function mustHold({ log }: Side, programme: string): Promise<void> {
  for await (const page of log.eventsOf(programme)) if (page.length > 0) return;
  throw new CopyRefused('unknown-programme', { programme });
}
