import { Rest } from './rest';

describe('the rest after a small batch', () => {
  const never = new AbortController().signal;
  const took = async (work: Promise<void>): Promise<number> => {
    const began = performance.now();
    await work;
    return performance.now() - began;
  };

  it('is long while nobody waits', async () => {
    expect(await took(new Rest().take(never))).toBeGreaterThan(200);
  });

  it('is short when somebody begins to wait, before it or in it, and long again after that', async () => {
    const rest = new Rest();
    rest.hurry();
    expect(await took(rest.take(never))).toBeLessThan(200);
    const within = rest.take(never);
    rest.hurry();
    expect(await took(within)).toBeLessThan(200);
    expect(await took(rest.take(never))).toBeGreaterThan(200);
  });

  it('ends with the signal, and does not begin after it', async () => {
    const rest = new Rest();
    const ending = new AbortController();
    const taken = rest.take(ending.signal);
    ending.abort();
    expect(await took(taken)).toBeLessThan(200);
    expect(await took(rest.take(ending.signal))).toBeLessThan(200);
  });
});
