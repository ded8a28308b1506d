import { etagMatches, etagOf } from './etag';

describe('the tag of an answer', () => {
  it.each([
    ['of one thing: its revision', { revision: 7 }, '"r7"'],
    ['of a list: the index', { items: [] }, 'W/"42"'],
    ['of figures: the index', { figures: {} }, 'W/"42"'],
    ['of a phase: also what it is', { figures: {}, status: 'sealing', seal: 1 }, 'W/"42-sealing-1"'],
    ['of an open phase', { figures: {}, status: 'open', seal: null }, 'W/"42-open-null"'],
  ])('%s', (_, answer, tag) => {
    expect(etagOf(answer, 42)).toBe(tag);
  });

  it.each([
    [undefined, false],
    ['"r7"', true],
    ['W/"r7"', true],
    ['"r6", "r7"', true],
    ['*', true],
    ['"r6"', false],
    ['r7', false],
    ['', false],
  ])('is matched by %p: %s', (header, matches) => {
    expect(etagMatches(header, '"r7"')).toBe(matches);
  });
});
