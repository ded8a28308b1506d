import { etagMatches, etagOf } from './etag';

describe('the tag of an answer', () => {
  it('is the revision of one thing', () => {
    expect(etagOf({ revision: 7, index: 42 }, 42)).toBe('"r7"');
  });

  it('says of lists and figures the index, and tells every other answer of that index from it', () => {
    const body = { items: [], cutOff: '2023-06-01', index: 42 };
    const tag = etagOf(body, 42);
    expect(tag).toMatch(/^W\/"42-[\w-]{22}"$/);
    expect(etagOf({ ...body }, 42)).toBe(tag);
    for (const more of [{ cutOff: '2023-06-02' }, { stale: true }, { names: { 'u-1': 'Ani' } }, { seal: 1 }])
      expect(etagOf({ ...body, ...more }, 42)).not.toBe(tag);
  });

  it.each([
    [undefined, false],
    ['"42-x"', true],
    ['W/"42-x"', true],
    ['W/"41-x", W/"42-x"', true],
    ['*', true],
    ['W/"41-x"', false],
    ['42-x', false],
    ['', false],
  ])('is matched by %p: %s', (header, matches) => {
    expect(etagMatches(header, 'W/"42-x"')).toBe(matches);
  });

  it.each(['"r7"', 'W/"r7"', '*'])('of one thing is matched by nothing, such as %p', (header) => {
    expect(etagMatches(header, '"r7"')).toBe(false);
  });
});
