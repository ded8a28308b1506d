import fc from 'fast-check';
import { formatTraceparent, parseTraceparent, traceIdOf, validTraceparent } from './traceparent';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('is read as W3C Trace Context has it, of later versions what they share', () => {
    const read = { traceId: TRACE, spanId: SPAN, sampled: true };
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual(read);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)).toEqual({ ...read, sampled: false });
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-will-be`)).toEqual(read);
  });

  it.each([
    ['nothing', undefined],
    ['several headers', [`00-${TRACE}-${SPAN}-01`]],
    ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['more than version 00 has', `00-${TRACE}-${SPAN}-01-more`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['what somebody wrote', `00-${TRACE}-${SPAN}-01\n`],
    ['too little', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ])('is not %s', (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
    expect(validTraceparent(header)).toBeUndefined();
  });

  it('is stored as version 00 has it', () => {
    expect(validTraceparent(`cc-${TRACE}-${SPAN}-03-what-will-be`)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it('comes back as it was written', () => {
    const hex = (length: number) =>
      fc
        .array(
          fc.nat(15).map((digit) => digit.toString(16)),
          { minLength: length, maxLength: length },
        )
        .map((digits) => digits.join(''))
        .filter((digits) => !/^0+$/.test(digits));
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
        const text = formatTraceparent({ traceId, spanId, sampled });
        expect(text).toHaveLength(55);
        expect(parseTraceparent(text)).toEqual({ traceId, spanId, sampled });
        expect(traceIdOf(text)).toEqual({ traceId });
      }),
    );
    expect(traceIdOf(undefined)).toEqual({});
  });
});
