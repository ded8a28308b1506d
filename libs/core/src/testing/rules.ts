import type { Rules } from '../refusal';

/**
 * Every rule is among the tested ones, and says what it has to say in both languages: a whole sentence, with the
 * same parameters.
 */
export function expectEveryRule(rules: Pick<Rules, 'texts'>, tested: readonly string[]): void {
  expect(Object.keys(rules.texts).filter((code) => !tested.includes(code))).toEqual([]);
  const parameters = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g))].sort();
  for (const [code, { en, id }] of Object.entries(rules.texts)) {
    expect(code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect([code, parameters(id)]).toEqual([code, parameters(en)]);
    expect(en).toMatch(/^["{A-Z].*[.?]$/);
    expect(id).toMatch(/^["{A-Z].*[.?]$/);
    expect(id).not.toBe(en);
  }
}
