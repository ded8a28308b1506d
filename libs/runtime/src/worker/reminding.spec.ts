import { EVERYTHING, LogUnavailable, type Share, streamName } from '@jejak/core';
import { FollowedCity, until } from '../../../../test/support/followed-city';
import { Duty } from './duty';
import { ManualFollower } from './manual';
import { followClock } from './reminding';

const [P, Q] = ['kota.2023', 'lain.2023'];

const dutyOf = (share: Share): Duty => {
  const duty = new Duty();
  duty.take(share);
  return duty;
};

describe('the clock that reminds', () => {
  let city: FollowedCity;
  let manual: ManualFollower;
  beforeEach(async () => {
    city = new FollowedCity();
    for (const programme of [P, Q]) {
      await city.programme(programme);
      await city.closed(programme);
      await city.finding(programme, 'F-1', '2023-08-19');
    }
    const parts = city.parts();
    manual = new ManualFollower({ ...parts, store: city.store });
  });

  /** One look at every programme, at a moment. */
  async function round(at: string, submit = city.parts().submit, share = EVERYTHING): Promise<void> {
    city.now = Date.parse(at);
    const ending = new AbortController();
    // Told to end when it asks for the programme after the last.
    const heads = async () => {
      const programmes = await city.log.heads();
      const looked = function* () {
        yield* programmes;
        ending.abort();
      };
      return { [Symbol.iterator]: looked } as never;
    };
    const duty = dutyOf(share);
    await followClock({ ...city.parts({ submit }), duty, log: { heads } as never }, ending.signal);
  }
  const reminders = async (programme: string): Promise<number> =>
    (await city.types(programme)).filter((type) => type === 'ReminderSent').length;

  it('reminds of an answer from the day after it was due, once, while views lag and when they have caught up', async () => {
    await manual.project();
    await round('2023-08-19T16:59:59.000Z');
    expect(await reminders(P)).toBe(0);
    await round('2023-08-19T17:00:00.000Z');
    await round('2023-08-20T17:00:00.000Z');
    expect([await reminders(P), await reminders(Q)]).toEqual([1, 1]);
    await manual.project();
    await round('2023-08-21T17:00:00.000Z');
    expect(await reminders(P)).toBe(1);
    const [, sent] = await city.log.readStream(streamName('finding', P, 'F-1'));
    expect(sent?.event).toMatchObject({
      type: 'ReminderSent',
      data: { agency: 'Dinas', dueOn: '2023-08-19' },
      meta: { actor: { subject: 'process:reminders', role: 'process' } },
    });
    expect(city.troubles).toEqual([]);
  });

  it('reminds nobody who has answered by then, though the views have not seen it', async () => {
    await manual.project();
    city.now = Date.parse('2023-08-10T05:00:00.000Z');
    const officer = { subject: 'u-dinas', role: 'officer', agency: 'dinas' };
    const answer = { occurredOn: '2023-08-10', answer: 'Sudah.' };
    await city.give(officer, streamName('finding', P, 'F-1'), 'AnswerFinding', answer);
    await round('2023-08-20T05:00:00.000Z');
    expect([await reminders(P), await reminders(Q)]).toEqual([0, 1]);
    expect(city.troubles).toEqual([]);
  });

  it('looks at the programmes of its share only, and at once at those of a new one', async () => {
    await manual.project();
    const only = (programme: string): Share => ({ ...EVERYTHING, has: (each) => each === programme });
    await round('2023-08-20T05:00:00.000Z', undefined, only(Q));
    expect([await reminders(P), await reminders(Q)]).toEqual([0, 1]);
    const [ending, duty] = [new AbortController(), new Duty()];
    const following = followClock({ ...city.parts(), duty }, ending.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await reminders(P)).toBe(0);
    duty.take(only(P));
    await until(async () => (await reminders(P)) === 1);
    ending.abort();
    await following;
  });

  it('tells of a programme whose reminding fails, and goes on with the next', async () => {
    await manual.project();
    await round('2023-08-20T05:00:00.000Z', async (submission) => {
      if (submission.stream.includes(P)) throw new LogUnavailable('disk full');
      return city.commands.run(submission);
    });
    expect(city.troubles).toMatchObject([{ loop: `reminders of ${P}`, message: 'disk full' }]);
    expect([await reminders(P), await reminders(Q)]).toEqual([0, 1]);
    await round('2023-08-20T06:00:00.000Z');
    expect(await reminders(P)).toBe(1);
  });

  it('waits for views that are being built, and looks again', async () => {
    city.now = Date.parse('2023-08-20T05:00:00.000Z');
    const ending = new AbortController();
    const following = followClock({ ...city.parts(), duty: dutyOf(EVERYTHING) }, ending.signal, 5);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([city.troubles, await reminders(P)]).toEqual([[], 0]);
    await manual.project();
    await until(async () => (await reminders(Q)) === 1 && (await reminders(P)) === 1);
    ending.abort();
    await following;
  });
});

describe('the worker that works only when told', () => {
  it('folds when told, and hands on to processes when told, until nothing is left', async () => {
    const city = new FollowedCity();
    await city.programme(P);
    await city.closed(P);
    const manual = new ManualFollower({ ...city.parts(), store: city.store });
    manual.wake();
    expect([(await city.types(P)).length, city.moves]).toEqual([7, []]);
    await manual.project();
    expect((await city.markerOf('programmes', P))?.index).toBe(6);
    await manual.drain(P);
    await manual.drain(P);
    expect(await city.types(P)).toHaveLength(8);
    expect((await city.types(P)).at(-1)).toBe('PhaseSealed');
    await manual.project();
    expect((await city.markerOf('phase-snapshot', P))?.index).toBe(7);
    expect(city.stopped).toEqual([]);
  });

  it('tells of a process that stops', async () => {
    const city = new FollowedCity();
    await city.programme(P);
    await city.closed(P);
    const submit = () => Promise.reject(new TypeError('a bug'));
    const manual = new ManualFollower({ ...city.parts({ submit }), store: city.store });
    await manual.drain(P);
    expect(city.stopped).toEqual([
      { what: 'process', name: 'seal-phase', programme: P, index: 6, error: 'a bug' },
    ]);
  });
});
