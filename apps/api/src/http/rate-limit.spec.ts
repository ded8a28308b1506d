import { addressKey, RateLimit } from './rate-limit';

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

  it('holds so many keys, and forgets who did nothing for the longest', () => {
    const limited = new RateLimit(1, () => now, 2);
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => limited.hit(key))).toEqual([
      ...[undefined, undefined, 15],
      ...[undefined, 15, undefined],
    ]);
  });

  it('is none at 0', () => {
    const none = limit(0);
    for (let n = 0; n < 1_000; n++) expect(none.hit('a')).toBeUndefined();
  });
});

describe('what of an address is one caller’s', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1::7', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:a:b:c:d', '2001:db8:0:1::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['unknown', 'unknown'],
  ])('%s is %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });
});
