// The stand-in for EventStoreDB that the tests bring along: no package registry has the server itself.
import fs from 'node:fs';
import path from 'node:path';
import { launch } from './processes.mjs';
import { here } from './provision.mjs';

const root = path.resolve(here, '../..');
const program = path.join(root, 'test/support/eventstoredb/main.ts');

export const hasStandIn = () => fs.existsSync(program);

/**
 * Starts the stand-in; it listens when this resolves.
 *
 * @param options port, and the file that it keeps its log in; it keeps it in memory otherwise
 */
export async function startEventstoredb(directory, options) {
  if (!fs.existsSync(path.join(root, 'node_modules')))
    throw new Error('The stand-in for EventStoreDB needs the packages: npm ci');
  const settings = [
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...(options.file === undefined ? [] : ['--file', options.file]),
  ];
  const args = ['-r', path.join(root, 'test/support/register.cjs'), program, ...settings];
  const { pid, found } = await launch(
    directory,
    process.execPath,
    args,
    async (printed) => /listens on (esdb:\S+)/.exec(printed)?.[1],
  );
  return { pid, port: Number(new URL(found).port), address: found };
}
