import { stopServers } from '../support/servers';
import { discoverFaults, hasTool } from './registry';

const USAGE = 'Usage: npm run faults [-- [--full] [--only TEXT]]';

/** Runs the faults, prints a table with counts; the exit code is 1 where something did not hold. */
async function main(args: readonly string[]): Promise<number> {
  const full = args.includes('--full');
  const at = args.indexOf('--only');
  const only = at === -1 ? '' : (args[at + 1] ?? '');
  if (args.some((arg, n) => arg !== '--full' && arg !== '--only' && !(at !== -1 && n === at + 1))) {
    console.error(USAGE);
    return 2;
  }
  const chosen = discoverFaults().filter(({ name }) => name.includes(only));
  if (chosen.length === 0) {
    console.error(`There is no fault with "${only}" in its name.`);
    return 2;
  }
  let failed = 0;
  console.log(
    `${'count'.padStart(7)}  ${'violations'.padStart(10)}  ${'seconds'.padStart(7)}  what must hold`,
  );
  for (const { name, counts, tools = [], run } of chosen) {
    const missing = tools.filter((tool) => !hasTool(tool));
    const started = performance.now();
    const { count, violations } =
      missing.length > 0
        ? { count: 0, violations: [`not run: this machine has no ${missing.join(', ')} that works`] }
        : await run(full ? counts.full : counts.share);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const numbers = [String(count).padStart(7), String(violations.length).padStart(10), seconds.padStart(7)];
    console.log(`${numbers.join('  ')}  ${name}`);
    for (const violation of violations.slice(0, 20)) console.log(`${' '.repeat(28)}  - ${violation}`);
    failed += violations.length;
  }
  return failed === 0 ? 0 : 1;
}

void main(process.argv.slice(2))
  .finally(stopServers)
  .then((code) => {
    process.exitCode = code;
  });
