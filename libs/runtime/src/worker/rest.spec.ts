import { BY_ITSELF, Rest } from './rest';

describe('the rest after a small batch', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const never = new AbortController().signal;

  /** Milliseconds, in steps of ten, after which it was over. */
  const took = async (taken: Promise<void>): Promise<number> => {
    const state = { over: false };
    void taken.then(() => {
      state.over = true;
    });
    for (let passed = 0; passed <= 1_000; passed += 10) {
      await jest.advanceTimersByTimeAsync(passed === 0 ? 0 : 10);
      if (state.over) return passed;
    }
    throw new Error('it does not end');
  };

  it('grows with the batch, and is short after a few events', async () => {
    expect(await took(new Rest().take(1, never))).toBe(10);
    expect(await took(new Rest().take(40, never))).toBe(100);
    expect(await took(new Rest().take(1_900, never))).toBe(250);
  });

  it('is far shorter in a process of its own', async () => {
    expect(await took(new Rest(BY_ITSELF).take(40, never))).toBe(10);
    expect(await took(new Rest(BY_ITSELF).take(1_900, never))).toBe(20);
  });

  it('is short when somebody begins to wait, before it or in it, and long again after that', async () => {
    const rest = new Rest();
    rest.hurry();
    expect(await took(rest.take(1_000, never))).toBe(10);
    const within = rest.take(1_000, never);
    await jest.advanceTimersByTimeAsync(50);
    rest.hurry();
    expect(await took(within)).toBe(10);
    expect(await took(rest.take(1_000, never))).toBe(250);
  });

  it('ends with the signal, and does not begin after it', async () => {
    const rest = new Rest();
    const ending = new AbortController();
    const taken = rest.take(1_000, ending.signal);
    ending.abort();
    expect(await took(taken)).toBe(0);
    expect(await took(rest.take(1_000, ending.signal))).toBe(0);
  });
});
