import { defineRules, Refusal } from './refusal';

const rules = defineRules({
  'too-late': { en: '{date} is later than {last}.', id: '{date} lebih lambat dari {last}.' },
  plain: { en: 'No.', id: 'Tidak.' },
});

describe('a refusal', () => {
  it('has a code, a sentence in both languages, and the field that it is about', () => {
    const refusal = rules('too-late', { date: '2023-12-15', last: 7 }, 'occurredOn');
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal.code).toBe('too-late');
    expect(refusal.field).toBe('occurredOn');
    expect(refusal.sentence('en')).toBe('2023-12-15 is later than 7.');
    expect(refusal.sentence('id')).toBe('2023-12-15 lebih lambat dari 7.');
    expect(refusal.message).toBe('too-late: 2023-12-15 is later than 7.');
  });

  it('needs neither parameters nor a field', () => {
    expect(rules('plain').sentence('id')).toBe('Tidak.');
    expect(rules('plain').field).toBeUndefined();
  });

  it('shows a parameter that was not given', () => {
    expect(rules('too-late', { date: 'x' }).sentence('en')).toBe('x is later than {last}.');
  });

  it('does not fill parameters into parameters', () => {
    expect(rules('too-late', { date: '{last}', last: 'y' }).sentence('en')).toBe('{last} is later than y.');
  });

  it('comes from rules whose sentences can be listed', () => {
    expect(Object.keys(rules.texts)).toEqual(['too-late', 'plain']);
  });
});
