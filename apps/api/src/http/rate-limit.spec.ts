import { RateLimit } from './rate-limit';

describe('a limit on how much is done in a minute', () => {
  let now = 0;
  const limit = (perMinute: number) => new RateLimit(perMinute, () => now);
  beforeEach(() => {
    now = 1_000_000 * 60_000 + 45_000;
  });

  it('lets as many through as it says, and counts each key by itself', () => {
    const three = limit(3);
    expect([1, 2, 3, 4, 5].map(() => three.hit('a'))).toEqual([undefined, undefined, undefined, 15, 15]);
    expect(three.hit('b')).toBeUndefined();
  });

  it('begins anew with the minute', () => {
    const one = limit(1);
    one.hit('a');
    expect(one.hit('a')).toBe(15);
    now += 14_999;
    expect(one.hit('a')).toBe(1);
    now += 1;
    expect(one.hit('a')).toBeUndefined();
  });

  it('is none at 0', () => {
    const none = limit(0);
    for (let n = 0; n < 1_000; n++) expect(none.hit('a')).toBeUndefined();
  });
});
