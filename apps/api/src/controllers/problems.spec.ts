import * as domain from '@jejak/domain';
import * as runtime from '@jejak/runtime';
import { ProblemsController } from './problems.controller';

interface Rules {
  readonly texts: Readonly<Record<string, { readonly en: string; readonly id: string }>>;
}

const isRules = (value: unknown): value is Rules => typeof value === 'function' && 'texts' in value;
const exported = [...Object.entries(domain), ...Object.entries(runtime)] as readonly [string, unknown][];
const rules = exported.flatMap(([name, value]) => (isRules(value) ? [[name, value] as const] : []));

describe('what a code means', () => {
  const problems = new ProblemsController();

  it.each(rules)('is told of every rule of %s', (name, { texts }) => {
    for (const [code, text] of Object.entries(texts)) {
      const ofCommand = code in domain.budgetRules.texts ? domain.budgetRules.texts[code] : text;
      const told = name === 'rowRules' ? ofCommand : text;
      expect(problems.one(code)).toEqual({ code, status: 422, ...told });
    }
  });

  it('is told of every error of the API, and the list has each code once', () => {
    for (const [code, text] of Object.entries(runtime.PROBLEMS))
      expect(problems.one(code)).toEqual({ code, ...text });
    const codes = problems.all().items.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(rules.length).toBeGreaterThanOrEqual(14);
  });

  it('is not told of what is no code', () => {
    expect(() => problems.one('no-such-code')).toThrow('there is no code no-such-code');
  });
});
