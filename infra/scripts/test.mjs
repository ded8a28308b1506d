// `npm test`: from a bare clone to one line that says how the tests went. With arguments, only
// jest runs, and gets them.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bin, ensureBuilt, ensureInstalled, run } from './prepare.mjs';

const args = process.argv.slice(2);
const failed = [];

async function check(name, command) {
  const started = Date.now();
  const { code, output } = await run(process.execPath, command, { collect: true });
  if (code !== 0) failed.push(name);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (output.trim() !== '') console.log(output.trimEnd());
}

async function jest() {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-test-'));
  const report = path.join(scratch, 'jest.json');
  try {
    const config = ['--config', 'test/support/jest.config.cjs', '--json', `--outputFile=${report}`];
    // --json also prints the whole report on stdout; what people read is on stderr.
    const stdio = ['inherit', 'ignore', 'inherit'];
    const { code } = await run(process.execPath, [bin('jest'), ...config, ...args], { stdio });
    if (code !== 0) failed.push('jest');
    return fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : undefined;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

await ensureInstalled();
// Some tests start the built programs, so they are built before; the others run even if that fails.
if (!(await ensureBuilt())) failed.push('build');
if (args.length === 0) {
  await Promise.all([
    check('typecheck', [bin('tsc'), '--noEmit', '-p', 'tsconfig.json']),
    check('eslint', [bin('eslint'), '.']),
  ]);
  await check('prettier', [bin('prettier'), '--check', '--log-level=warn', '.']);
}
const result = await jest();
if (failed.length > 0) {
  process.exitCode = 1;
  console.log(`\nFailed: ${failed.join(', ')}`);
}
const passed = result ? result.numPassedTests : 0;
const broken = result ? result.numFailedTests + result.numRuntimeErrorTestSuites : 1;
const skipped = result ? result.numPendingTests + result.numTodoTests : 0;
console.log(`${passed} passed, ${broken} failed, ${skipped} skipped`);
