import path from 'node:path';
import {
  type Config,
  isEmptyDirectory,
  loadSample,
  readSampleAccounts,
  type SampleAccounts,
} from '@jejak/runtime';

const HISTORY = path.resolve(__dirname, '../../../..', 'test/fixtures/malang-2023/history.jsonl');

/**
 * The sample's accounts, after loading it where the data directory is empty: never in production, where they are not
 * shown either.
 */
export async function sampleFor(config: Config): Promise<SampleAccounts | undefined> {
  const { production, sample, dataDirectory } = config;
  if (production) return undefined;
  if (!sample || !isEmptyDirectory(dataDirectory)) return readSampleAccounts(dataDirectory);
  let shown = 0;
  return loadSample(config, HISTORY, (done, total) => {
    if (done < total && done - shown < total / 20) return;
    shown = done;
    const line = `Loading the sample Malang Smart City 2023: ${String(done)} of ${String(total)} commands`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}${done === total ? '\n' : ''}` : `${line}\n`);
  });
}
