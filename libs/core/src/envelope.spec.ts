import fc from 'fast-check';
import { NotCanonical } from './canonical';
import { EnvelopeTooLarge, envelopeText, MAX_ENVELOPE_BYTES } from './envelope';
import { anyJson, asStored, newEvent } from './testing/log-fixture';

const STREAM = 'action-malang.2023.a-1';
const MOMENT = Date.parse('2023-06-12T02:00:00.000Z');
const ID = '6af613b6-569c-5c22-9c37-2ed93f31d3af';
const envelope = (data: Parameters<typeof newEvent>[1]) =>
  asStored(STREAM, 3, MOMENT, newEvent('malang.2023', data, ID));

describe('the text of an envelope', () => {
  it('is canonical', () => {
    expect(envelopeText(envelope({ b: 1, a: 'Ł' }))).toBe(
      `{"data":{"a":"Ł","b":1},"id":"${ID}","meta":{"actor":{"agency":"diskominfo","role":"officer","subject":"u-1"},` +
        `"causationId":"${ID}","commandDigest":"${'0'.repeat(64)}","commandId":"${ID}","correlationId":"${ID}"},` +
        `"programme":"malang.2023","recordedAt":"2023-06-12T02:00:00.000Z","revision":3,"stream":"${STREAM}",` +
        `"type":"Happened","version":1}`,
    );
  });

  it('reads back as the envelope, and gives the same text again', () => {
    fc.assert(
      fc.property(anyJson, (data) => {
        const text = envelopeText(envelope(data));
        const back = JSON.parse(text) as ReturnType<typeof envelope>;
        // JSON knows no -0.
        expect(back).toEqual(JSON.parse(JSON.stringify(envelope(data))));
        expect(envelopeText(back)).toBe(text);
      }),
    );
  });

  it('is at most 256 KiB long, counted in bytes of UTF-8', () => {
    const empty = Buffer.byteLength(envelopeText(envelope('')));
    fc.assert(
      fc.property(fc.constantFrom('a', 'é', '漢', '😀'), fc.integer({ min: -3, max: 3 }), (letter, more) => {
        const room = MAX_ENVELOPE_BYTES - empty + more;
        const width = Buffer.byteLength(letter);
        const whole = envelope(letter.repeat(Math.floor(room / width)) + 'x'.repeat(room % width));
        if (more > 0) {
          expect(() => envelopeText(whole)).toThrow(new EnvelopeTooLarge(MAX_ENVELOPE_BYTES + more));
        } else {
          expect(Buffer.byteLength(envelopeText(whole))).toBe(MAX_ENVELOPE_BYTES + more);
        }
      }),
    );
  });

  it('does not exist for ill-formed Unicode, wherever it stands', () => {
    const good = envelope({});
    const bad = '\ud800';
    for (const wrong of [
      { ...good, data: { a: bad } },
      { ...good, type: bad },
      { ...good, meta: { ...good.meta, reason: bad } },
      { ...good, meta: { ...good.meta, facts: { [bad]: 1 } } },
    ]) {
      expect(() => envelopeText(wrong)).toThrow(NotCanonical);
    }
  });
});
