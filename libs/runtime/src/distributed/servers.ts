import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import type { KafkaOptions } from '@jejak/adapters/kafka';
import {
  MongoBlocks,
  MongoConnection,
  MongoCredentials,
  MongoEvidence,
  MongoViewStore,
} from '@jejak/adapters/mongo';
import type { Clock } from '@jejak/core';
import { views } from '@jejak/views';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { BadConfig, type Config } from '../config';
import type { Kept } from '../wire';

/** What every process of an installation on many machines holds open. */
export interface Servers extends Kept {
  readonly log: EventStoreLog;
  readonly blocks: MongoBlocks;
  readonly store: MongoViewStore;
  close(): Promise<void>;
}

/**
 * Connects to EventStoreDB and MongoDB.
 *
 * @throws LogUnavailable, StoreUnavailable, ServerTooOld
 */
export async function openServers(config: Config, clock: Clock): Promise<Servers> {
  const mongo = await MongoConnection.open({ url: config.mongoUrl });
  try {
    const blocks = MongoBlocks.open(mongo);
    const [store, credentials, evidence] = await Promise.all([
      MongoViewStore.open(mongo),
      MongoCredentials.open(mongo, { clock }),
      MongoEvidence.open(mongo),
    ]);
    const log = await EventStoreLog.open({ connectionString: config.eventStoreUrl, clock, reader: blocks });
    const close = async (): Promise<void> => {
      await log.close();
      await mongo.close();
    };
    return { log, blocks, store, credentials, evidence, close };
  } catch (error) {
    await mongo.close();
    throw error;
  }
}

/** What every member of a group and everyone who sends is given. */
export interface Reached extends KafkaOptions {
  /** names the log */
  readonly source: string;
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
}

/** How this installation's topics are reached and called, and how long the members of its groups are waited for. */
export function kafkaOf(config: Config, logId: string, onTrouble: (error: Error) => void): Reached {
  const { kafkaBrokers: brokers, kafkaPrefix, partitions, kafkaSessionMilliseconds: sessionTimeout } = config;
  const names = { clientId: kafkaPrefix, topic: `${kafkaPrefix}.events.v1`, source: logId };
  const session = { sessionTimeout, heartbeatInterval: sessionTimeout / 4 };
  return { brokers, ...securityOf(config), ...names, partitions, ...session, onTrouble };
}

/**
 * TLS and the sign-in at the brokers.
 *
 * @throws BadConfig where the file of certificates cannot be read
 */
export function securityOf(
  config: Pick<Config, 'kafkaSsl' | 'kafkaSslCa' | 'kafkaSaslMechanism' | 'kafkaUsername' | 'kafkaPassword'>,
): Pick<KafkaOptions, 'ssl' | 'sasl'> {
  const { kafkaSsl, kafkaSslCa, kafkaSaslMechanism: mechanism } = config;
  const account = { username: config.kafkaUsername, password: config.kafkaPassword };
  return {
    ...(kafkaSsl && { ssl: kafkaSslCa === '' ? true : { ca: certificatesIn(kafkaSslCa) } }),
    // One branch for each, since the library's type has one for each.
    ...(mechanism === 'plain' && { sasl: { mechanism, ...account } }),
    ...(mechanism === 'scram-sha-256' && { sasl: { mechanism, ...account } }),
    ...(mechanism === 'scram-sha-512' && { sasl: { mechanism, ...account } }),
  };
}

function certificatesIn(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadConfig(`KAFKA_SSL_CA cannot be read: ${(error as Error).message}`);
  }
}

/**
 * The consumer groups. Workers of other versions of the views are in another group, so that each version gets every
 * event.
 */
export function groupsOf({ kafkaPrefix }: Config): { readonly views: string; readonly processes: string } {
  const versions = views.map(({ name, version }) => `${name}@${String(version)}`).sort();
  const digest = createHash('sha256').update(versions.join()).digest('hex').slice(0, 12);
  return { views: `${kafkaPrefix}.views.${digest}`, processes: `${kafkaPrefix}.processes` };
}
