// The other npm scripts: each works from a bare clone too.
import { become } from './become.mjs';
import path from 'node:path';
import { bin, ensureBuilt, ensureInstalled, entries, prepare, root, run, stop } from './prepare.mjs';

const [command, ...args] = process.argv.slice(2);

async function tool(name, fixed) {
  await ensureInstalled();
  process.exitCode = (await run(process.execPath, [bin(name), ...fixed, ...args])).code;
}

switch (command) {
  case 'build':
    await ensureInstalled();
    if (!(await ensureBuilt({ force: true }))) stop('The build failed; what the compiler said is above.');
    break;
  case 'typecheck':
    await tool('tsc', ['--noEmit', '-p', 'tsconfig.json']);
    break;
  case 'lint':
    await tool('eslint', args.some((arg) => !arg.startsWith('-')) ? [] : ['.']);
    break;
  case 'format':
    await tool('prettier', ['--write', '--log-level=warn', ...(args.length > 0 ? [] : ['.'])]);
    break;
  case 'jejak':
  case 'bench':
  case 'faults':
    await prepare();
    become(entries[command === 'jejak' ? 'cli' : command], args);
    break;
  case 'acceptance': {
    const at = args.indexOf('--mode');
    const mode = at === -1 ? 'embedded' : args[at + 1];
    if (mode !== 'embedded' && mode !== 'distributed')
      stop('Usage: npm run acceptance -- [--mode embedded|distributed]');
    await prepare();
    const others = at === -1 ? args : args.filter((_, n) => n !== at && n !== at + 1);
    const config = ['--config', 'test/support/jest.config.cjs', 'test/acceptance'];
    const env = { ...process.env, JEJAK_ACCEPTANCE_MODE: mode };
    process.exitCode = (await run(process.execPath, [bin('jest'), ...config, ...others], { env })).code;
    break;
  }
  case 'worker':
    await prepare();
    become(entries.worker, args);
    break;
  case 'servers':
    become(path.join(root, 'infra/servers/servers.mjs'), args);
    break;
  default:
    stop(
      'Usage: node infra/scripts/run.mjs build | typecheck | lint | format | ' +
        'jejak | worker | bench | faults | acceptance | servers',
    );
}
