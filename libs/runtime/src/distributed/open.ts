import { INSTALLATION, streamName } from '@jejak/core';
import { views } from '@jejak/views';
import type { Config } from '../config';
import type { Jejak, OpenOptions } from '../jejak';
import { wire } from '../wire';
import { openServers } from './servers';

/** Read to see whether the log answers; it need not exist. */
const PROBE = streamName('programme', INSTALLATION, 'main');

/**
 * Opens an installation on many machines for answering requests. Views are folded, and processes run, by workers
 * elsewhere.
 *
 * @throws LogUnavailable, StoreUnavailable, ServerTooOld
 */
export async function openDistributed(
  config: Config,
  { clock = Date.now, watch }: Pick<OpenOptions, 'clock' | 'watch'> = {},
): Promise<Jejak> {
  const servers = await openServers(config, clock);
  try {
    const { log, store, credentials, evidence } = servers;
    return {
      ...(await wire(config, clock, { log, store, credentials, evidence }, { watch })),
      async logTrouble() {
        try {
          await log.readStream(PROBE);
          return undefined;
        } catch (error) {
          return (error as Error).message;
        }
      },
      async workerStatus() {
        const built = await Promise.all(views.map(({ name, version }) => store.current(name, version)));
        return { state: built.includes(undefined) ? 'catching-up' : 'ready' };
      },
      close: () => servers.close(),
    };
  } catch (error) {
    await servers.close();
    throw error;
  }
}
