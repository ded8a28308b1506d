import type { Config } from './config';
import { type Jejak, openJejak, type OpenOptions } from './jejak';

/**
 * Opens an installation as its configuration says: on this machine, or on many.
 *
 * @throws what the stores throw that cannot be opened
 */
export async function openByMode(config: Config, options: OpenOptions): Promise<Jejak> {
  if (config.mode === 'embedded') return openJejak(config, options);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- on one machine no client of a server is loaded
  const { openDistributed } = require('./distributed') as typeof import('./distributed');
  return openDistributed(config, options);
}
