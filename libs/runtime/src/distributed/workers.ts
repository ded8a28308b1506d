import { KafkaFeed, KafkaPublisher, KafkaTurn } from '@jejak/adapters/kafka';
import { CommandRunner, runRelay } from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import type { Config } from '../config';
import { follow, persistently } from '../worker/loops';
import type { Stopped } from '../worker/messages';
import { Rest } from '../worker/rest';
import { groupsOf, kafkaOf, openServers } from './servers';

/** Who is told how a process without requests fares. */
export interface Told {
  readonly onReady: () => void;
  readonly onTrouble: (what: string, error: Error) => void;
  readonly onStopped: (stopped: Stopped) => void;
}

/**
 * Folds the views and runs the processes of an installation, together with all other workers, until the signal aborts.
 *
 * @throws LogUnavailable, StoreUnavailable, ServerTooOld where it cannot begin; later trouble is told, and tried again
 */
export async function runWorker(config: Config, told: Told, signal: AbortSignal): Promise<void> {
  const clock = Date.now;
  const servers = await openServers(config, clock);
  const { log, store } = servers;
  const feed = new KafkaFeed(kafkaOf(config, log.logId, (error) => told.onTrouble('kafka', error)));
  const commands = new CommandRunner({ log, deciders, catalogue, clock });
  try {
    await follow(
      {
        ...{ log, feed, store, views, processes, catalogue, clock },
        groups: groupsOf(config),
        submit: (submission) => commands.run(submission),
        // Who waits for the views is in another process, and looks by itself.
        onMoved: () => undefined,
        rest: new Rest(),
        ...told,
      },
      signal,
    );
  } finally {
    await feed.close();
    await servers.close();
  }
}

/**
 * Carries the log to Kafka and to the blocks whenever it is this process's turn, until the signal aborts.
 *
 * @throws LogUnavailable, StoreUnavailable, ServerTooOld where it cannot begin; later trouble is told, and tried again
 */
export async function runRelayMember(
  config: Config,
  { onReady, onTrouble }: Told,
  signal: AbortSignal,
): Promise<void> {
  const servers = await openServers(config, Date.now);
  const { log, blocks } = servers;
  const kafka = kafkaOf(config, log.logId, (error) => onTrouble('kafka', error));
  const publisher = new KafkaPublisher(kafka);
  const work = (turn: AbortSignal): Promise<void> => {
    onReady();
    return persistently('relay', { onTrouble }, turn, () => runRelay({ log, blocks, publisher }, turn));
  };
  try {
    await new KafkaTurn({ ...kafka, name: `${config.kafkaPrefix}.relay` }).take(work, signal);
  } finally {
    await publisher.close();
    await servers.close();
  }
}
