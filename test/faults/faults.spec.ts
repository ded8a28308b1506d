import { needs } from '../support/needs';
import { discoverFaults, hasTool } from './registry';

/** In every test run a share of each fault; all of it by `npm run faults -- --full`. */
for (const { name, counts, tools = [], run } of discoverFaults()) {
  const missing = tools.filter((tool) => !hasTool(tool));
  const reason = `${missing.join(', ')} cannot be used here, so this is not tested: ${name}`;
  needs(
    tools.join(', '),
    missing.length === 0,
    reason,
  )('faults', () => {
    it(
      name,
      async () => {
        const { count, violations } = await run(counts.share);
        process.stderr.write(`${String(count)} of ${String(counts.full)}: ${name}\n`);
        expect(violations).toEqual([]);
        expect(count).toBeGreaterThanOrEqual(counts.share);
      },
      300_000,
    );
  });
}
