import { setTimeout as sleep } from 'node:timers/promises';
import { watched } from './watched';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('work that is watched', () => {
  const sound = { verify: async () => undefined };

  it('ends when the signal aborts', async () => {
    const ending = new AbortController();
    const working = watched(sound, ending.signal, untilAborted);
    ending.abort();
    await working;
  });

  it('ends when the store is not where it was left, and says so once the work has ended', async () => {
    let looks = 0;
    let ended = false;
    const runner = {
      verify: async () => {
        if (++looks === 3) throw new Error('moved');
      },
    };
    const work = async (signal: AbortSignal): Promise<void> => {
      await untilAborted(signal);
      await sleep(20);
      ended = true;
    };
    await expect(watched(runner, new AbortController().signal, work, 1)).rejects.toThrow('moved');
    expect([looks, ended]).toEqual([3, true]);
  });

  it('looks no more when the work fails', async () => {
    let looks = 0;
    const runner = {
      verify: async () => {
        looks++;
      },
    };
    const failing = watched(
      runner,
      new AbortController().signal,
      () => Promise.reject(new Error('broken')),
      1,
    );
    await expect(failing).rejects.toThrow('broken');
    const before = looks;
    await sleep(20);
    expect(looks).toBe(before);
  });
});
