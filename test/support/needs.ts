/**
 * A suite that needs a tool of the machine: `needs('strace', found, 'no strace on PATH')('traces', ...)`.
 * Without the tool it is skipped, and says so; in CI, where nobody reads that, it fails.
 */
export function needs(tool: string, found: boolean, reason: string): typeof describe {
  if (found) return describe;
  if (process.env.CI === 'true') throw new Error(`${tool} is needed here and missing: ${reason}`);
  process.stderr.write(`SKIPPED for want of ${tool}: ${reason}\n`);
  // A machine without the tool still runs all other suites; in CI this line is never reached.
  return describe.skip;
}
