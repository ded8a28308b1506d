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

  it('knows all of core’s machines', () => {
    const messages = check(path.join(fixtures, 'core-lends-vocabulary-not-engine'), paths).map(
      ({ message }) => message,
    );
    const machines = [
      'systemClock',
      'decideEvents',
      'CommandRunner',
      'ProcessRunner',
      'RelayRunner',
      'StreamStates',
    ];
    for (const machine of [...machines, 'ViewRunner', 'ViewWaiter'])
      expect(messages.some((message) => message.includes(machine))).toBe(true);
  });

  it('knows every part that has no business with zod', () => {
    const found = check(path.join(fixtures, 'no-zod-in-adapters-processes-ledger'), paths);
    expect(found.map(({ file }) => file.split('/')[1]).sort()).toEqual(['adapters', 'ledger', 'processes']);
  });

  it('reads the tree it judges', () => {
    expect(() => check(path.join(fixtures, 'no-such-tree'), paths)).toThrow('no sources');
  });
});
