import { LogUnavailable, type LoggedEvent, type NewEvent, OutcomeUnknown } from '@jejak/core';
import { followUntil, freshProgramme, idsOf, newEvents, restOf, sleep, streamOf } from '@jejak/core/testing';
import {
  type EventLogOptions,
  type EventStoreFixture,
  standInLog,
} from '../../../../test/support/eventstoredb/event-log';
import type { StandIn } from '../../../../test/support/eventstoredb/stand-in';
import { FaultProxy } from '../../../../test/support/fault-proxy';
import type { EventStoreLog } from './log';

/** Long enough for a loaded machine, short enough for a test. */
const PATIENCE = 1_000;

describe('the log on EventStoreDB in trouble', () => {
  let fixture: EventStoreFixture & { readonly standIn: StandIn };
  let standIn: StandIn;
  const open = async (options: EventLogOptions = {}): Promise<void> => {
    fixture = await standInLog(Date.now, { patience: PATIENCE, ...options });
    ({ standIn } = fixture);
  };
  afterEach(() => fixture.close());

  /** The append, as often as it takes to get an answer. */
  const untilAnswered = async (log: EventStoreLog, stream: string, events: readonly NewEvent[]) => {
    for (let tries = 0; ; tries++) {
      try {
        return await log.append(stream, -1, events);
      } catch (error) {
        if (tries > 100) throw error;
        if (!(error instanceof OutcomeUnknown) && !(error instanceof LogUnavailable)) throw error;
      }
    }
  };

  it('64 appends that are never answered end in time, not known; a repeat finds out', async () => {
    await open();
    const programme = freshProgramme();
    const streams = Array.from({ length: 64 }, (_, n) => streamOf(programme, `s-${String(n)}`));
    const events = streams.map(() => newEvents(programme, 2));
    // Half of them are carried out, half are lost.
    standIn.fate = (stream) =>
      Number(stream.split('-').at(-1)) % 2 === 0 ? { answer: 'never' } : { lost: true };
    const began = performance.now();
    const append = (stream: string, n: number) => fixture.log.append(stream, -1, events[n]!);
    const outcomes = await Promise.allSettled(streams.map(append));
    expect(performance.now() - began).toBeLessThan(PATIENCE * 4);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(OutcomeUnknown) });
    }
    standIn.fate = undefined;
    const answers = await Promise.all(
      streams.map((stream, n) => untilAnswered(fixture.log, stream, events[n]!)),
    );
    expect(answers.map(({ events: stored }) => idsOf(stored))).toEqual(
      events.map((own) => own.map(({ id }) => id)),
    );
    for (const stream of streams) expect(await fixture.log.readStream(stream)).toHaveLength(2);
  });

  it('one append, 64 times at once from four processes, cut, lost and unanswered: one effect, one answer', async () => {
    await open();
    const logs = [fixture.log, await fixture.another(), await fixture.another(), await fixture.another()];
    const programme = freshProgramme();
    for (let round = 0; round < 3; round++) {
      const stream = streamOf(programme, `round-${String(round)}`);
      const fates = [{ answer: 'never' }, { lost: true }, { answer: 'cut' }, { after: 20 }, {}, {}] as const;
      let appends = 0;
      standIn.fate = () => (appends++ < 12 ? fates[appends % fates.length] : undefined);
      const events = newEvents(programme, 1 + (round % 3));
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, n) => untilAnswered(logs[n % 4]!, stream, events)),
      );
      for (const answer of answers) expect(answer.events).toEqual(answers[0]!.events);
      expect(await fixture.log.readStream(stream)).toEqual(answers[0]!.events);
    }
  });

  it('appends that wait for one that is not answered end in time, too, and nothing of them is there', async () => {
    await open();
    const programme = freshProgramme();
    const stream = streamOf(programme);
    standIn.fate = () => ({ answer: 'never' });
    const began = performance.now();
    const attempts = Array.from({ length: 8 }, (_, n) =>
      fixture.log.append(stream, n - 1, newEvents(programme, 1)),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(performance.now() - began).toBeLessThan(PATIENCE * 4);
    const reasons = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as Error) : undefined,
    );
    expect(reasons[0]).toBeInstanceOf(OutcomeUnknown);
    for (const reason of reasons.slice(2)) expect(reason).toBeInstanceOf(LogUnavailable);
    standIn.fate = undefined;
    expect((await fixture.log.readStream(stream)).length).toBeLessThanOrEqual(2);
  });

  it('a server that is away is told from an unknown outcome; it is found again', async () => {
    await open();
    const programme = freshProgramme();
    const events = newEvents(programme, 1);
    await fixture.log.append(streamOf(programme), -1, events);
    await standIn.halt();
    // By then the client has seen that its connection is gone: what is appended now was never sent.
    await expect(fixture.log.readStream(streamOf(programme))).rejects.toThrow(LogUnavailable);
    await expect(fixture.log.append(streamOf(programme), 0, newEvents(programme, 1))).rejects.toThrow(
      LogUnavailable,
    );
    await expect(fixture.log.readAll(undefined, 10)).rejects.toThrow(LogUnavailable);
    await standIn.resume();
    expect(idsOf(await fixture.log.readStream(streamOf(programme)))).toEqual(events.map(({ id }) => id));
    await fixture.log.append(streamOf(programme), 0, newEvents(programme, 1));
  });

  it('followers go on over restarts of the server, without a gap and without a repeat', async () => {
    await open();
    const programme = freshProgramme();
    const total = 60;
    const following = [
      followUntil(fixture.log, undefined, total),
      followUntil(fixture.log, undefined, total),
    ];
    const { log } = fixture;
    for (let n = 0; n < total; n++) {
      if (n % 15 === 7) {
        await standIn.halt();
        await standIn.resume();
      }
      await untilAnswered(log, streamOf(programme, `s-${String(n)}`), newEvents(programme, 1));
    }
    const order = idsOf(await restOf(log));
    expect(order).toHaveLength(total);
    for (const followed of following) expect(idsOf(await followed)).toEqual(order);
  });

  it('a connection that is open and dead: calls end in time, and go on when it lives again', async () => {
    const proxy = await FaultProxy.start();
    await open({ proxy });
    const programme = freshProgramme();
    const following = followUntil(fixture.log, undefined, 2);
    await fixture.log.append(streamOf(programme), -1, newEvents(programme, 1));
    proxy.halfOpen();
    const began = performance.now();
    const event = newEvents(programme, 1);
    await expect(fixture.log.append(streamOf(programme), 0, event)).rejects.toThrow(OutcomeUnknown);
    await expect(fixture.log.readStream(streamOf(programme))).rejects.toThrow(LogUnavailable);
    await expect(fixture.log.readAll(undefined, 5)).rejects.toThrow(LogUnavailable);
    expect(performance.now() - began).toBeLessThan(PATIENCE * 8);
    proxy.heal();
    const again = await fixture.log.append(streamOf(programme), 0, event);
    expect(await fixture.log.readStream(streamOf(programme), 1)).toEqual(again.events);
    expect((await following).at(-1)).toEqual(again.events[0]);
    await fixture.close();
    await proxy.close();
  });

  it('a dead connection is noticed by its silence, and another one made', async () => {
    const quiet = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const proxy = await FaultProxy.start();
    await open({ proxy, settings: '&keepAliveInterval=300&keepAliveTimeout=300' });
    const programme = freshProgramme();
    const seen: LoggedEvent[] = [];
    const following = (async () => {
      for await (const page of fixture.log.follow(undefined, AbortSignal.timeout(20_000))) {
        seen.push(...page);
        if (seen.length >= 2) return;
      }
    })();
    await untilAnswered(fixture.log, streamOf(programme, 'a'), newEvents(programme, 1));
    while (seen.length < 1) await sleep(5);
    proxy.halfOpen();
    await sleep(1_200);
    proxy.heal();
    await untilAnswered(fixture.log, streamOf(programme, 'b'), newEvents(programme, 1));
    await following;
    expect(seen.map(({ event }) => event.stream)).toEqual([
      streamOf(programme, 'a'),
      streamOf(programme, 'b'),
    ]);
    await fixture.close();
    await proxy.close();
    quiet.mockRestore();
  });

  it('a log that is closed takes and gives nothing, and ends its followers', async () => {
    await open();
    const other = await fixture.another();
    const programme = freshProgramme();
    const streams = Array.from({ length: 16 }, (_, n) => streamOf(programme, `s-${String(n)}`));
    await Promise.all(streams.map((stream) => other.append(stream, -1, newEvents(programme, 1))));
    await other.readAll(undefined, 3);
    await expect(other.append(streams[0]!, -1, newEvents(programme, 1))).rejects.toThrow();
    const following = followUntil(other, (await other.readAll(undefined, 99)).at(-1)?.position, 1);
    await sleep(50);
    const began = performance.now();
    await other.close();
    // Nothing that is read only in part is left behind: the client would wait for it.
    expect(performance.now() - began).toBeLessThan(1_000);
    await other.close();
    expect(await following).toEqual([]);
    await expect(other.append(streamOf(programme), -1, newEvents(programme, 1))).rejects.toThrow(
      LogUnavailable,
    );
    await expect(other.readStream(streamOf(programme))).rejects.toThrow(LogUnavailable);
  });
});
