import { chosen, type Row } from '../measure';
import { stopServers } from '../../support/servers';
import { type Addresses, addresses, Installation } from './installation';
import { openOurs } from './ours';
import { openRaw } from './raw';
import { relayRows } from './relay';
import { throughputRows } from './throughput';
import { visibleRows } from './visible';
import { workerRows } from './workers';

/** How large a run is. */
export interface Sizes {
  readonly events: number;
  readonly commands: number;
}

const SUITES: Readonly<Record<string, (servers: Addresses, sizes: Sizes) => Promise<Row[]>>> = {
  pipeline: pipelineRows,
  workers: workerRows,
  relay: relayRows,
};

/** Our pipeline and the baseline's stand side by side, and run by turns. */
async function pipelineRows(servers: Addresses, { events, commands }: Sizes): Promise<Row[]> {
  const [own, other] = [new Installation(servers), new Installation(servers)];
  try {
    const [ours, raw] = [await openOurs(own), await openRaw(other)];
    const rows = await throughputRows(ours, raw, events);
    rows.push(...(await visibleRows(own.config, raw, commands)));
    await Promise.all([ours.close(), raw.close()]);
    return rows;
  } finally {
    await Promise.all([own.stop(), other.stop()]);
  }
}

/**
 * Measures on EventStoreDB, Kafka and MongoDB, each figure beside its baseline of the same run on the same servers.
 *
 * @param part 1 is the whole
 */
export async function distributedRows(names: readonly string[] | undefined, part: number): Promise<Row[]> {
  const suites = chosen(SUITES, names);
  try {
    const servers = await addresses();
    const sizes = { events: 6_000 * part, commands: 400 * part };
    const rows: Row[] = [];
    for (const suite of suites) rows.push(...(await suite(servers, sizes)));
    return rows;
  } finally {
    await stopServers();
  }
}
