import fs from 'node:fs';
import path from 'node:path';
import { check, rules } from './rules';

const root = path.resolve(__dirname, '../..');
const fixtures = path.join(__dirname, 'fixtures');
const tsconfig = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8')) as {
  compilerOptions: { paths: Record<string, string[]> };
};
const { paths } = tsconfig.compilerOptions;

describe('the architecture', () => {
  it('has no import that the design does not allow', () => {
    const violations = check(root, paths).map(
      ({ rule, file, line, message }) => `${file}:${line} ${rule}: ${message}`,
    );
    expect(violations).toEqual([]);
  });

  it('has one bad example for each rule', () => {
    expect(fs.readdirSync(fixtures).sort()).toEqual([...rules].sort());
  });

  it.each(rules)('%s reports its bad example, and only that', (rule) => {
    const found = check(path.join(fixtures, rule), paths);
    expect([...new Set(found.map((violation) => violation.rule))]).toEqual([rule]);
  });

  it('reads the tree it judges', () => {
    expect(() => check(path.join(fixtures, 'no-such-tree'), paths)).toThrow('no sources');
  });
});
