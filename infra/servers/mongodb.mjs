// A MongoDB-compatible server: it speaks the protocol, and is not MongoDB.
import { launch } from './processes.mjs';
import { classPath, provision } from './provision.mjs';

const JVM = ['-Xmx512m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Starts a server; it listens when this resolves.
 *
 * @param options port, and the file that it keeps its data in; it keeps them in memory otherwise
 */
export async function startMongodb(directory, options) {
  await provision();
  const where = [String(options.port ?? 0), ...(options.file === undefined ? [] : [options.file])];
  const args = [...JVM, '-cp', classPath, 'Launcher', ...where];
  const { pid, found } = await launch(
    directory,
    'java',
    args,
    async (printed) => /listens on port (\d+)/.exec(printed)?.[1],
  );
  // One server is no replica set: the driver then looks for no others.
  return { pid, port: Number(found), address: `mongodb://127.0.0.1:${found}/?directConnection=true` };
}
