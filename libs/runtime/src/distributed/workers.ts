import { KafkaFeed, KafkaPublisher, KafkaTurn, type UnreadableMessage } from '@jejak/adapters/kafka';
import { RelayWatch, runRelay } from '@jejak/core';
import { catalogue } from '@jejak/domain';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import type { Config } from '../config';
import { type HealthServer, type HealthOptions, serveHealth } from '../watch/health-server';
import { measureLags } from '../watch/lags';
import { watchedFeed, watchedLog, watchedPublisher } from '../watch/ports';
import { scrubber } from '../watch/scrub';
import { openWatch, type Watch, type WatchListener } from '../watch/watch';
import { wire } from '../wire';
import { follow, persistently } from '../worker/loops';
import type { Stopped } from '../worker/messages';
import { watched } from '../worker/watched';
import { withOrigin } from '../worker/origin';
import { BY_ITSELF, Rest } from '../worker/rest';
import { RelayState } from './relay-state';
import { serveCommands } from './serve-commands';
import { groupsOf, kafkaOf, openServers } from './servers';
import { WorkerState } from './worker-state';

/** Who is told how a process without requests fares. */
export interface Told {
  readonly onReady: () => void;
  readonly onTrouble: (what: string, error: Error) => void;
  readonly onStopped: (stopped: Stopped) => void;
  /** told of each command that a process gave, or that came over Kafka */
  readonly onCommand?: WatchListener['onCommand'];
  /** told where its health and its measures can be read, where that was asked for */
  readonly onWatched?: (url: string) => void;
}

/**
 * Folds the views, runs the processes and carries out the commands over Kafka of an installation, together with all
 * other workers, until the signal aborts.
 *
 * @throws LogUnavailable, StoreUnavailable, ServerTooOld where it cannot begin; later trouble is told, and tried again
 */
export async function runWorker(config: Config, told: Told, signal: AbortSignal): Promise<void> {
  const clock = Date.now;
  const servers = await openServers(config, clock);
  const watch = openWatch(config, 'worker', { ...lostTo(told), onCommand: told.onCommand });
  const groups = groupsOf(config);
  const state = new WorkerState(watch, groups, scrubber(config));
  const { store } = servers;
  const log = watchedLog(servers.log, watch);
  const onTrouble = (what: string, error: Error): void => {
    state.onTrouble(what, error);
    told.onTrouble(what, error);
  };
  const kafka = kafkaOf(config, log.logId, (error) => onTrouble('kafka', error));
  const onUnreadable = ({
    topic,
    partition,
    offset,
    reason,
    keptIn = 'no other topic',
  }: UnreadableMessage): void => {
    state.feed.onUnreadable();
    const message = `message ${offset} of ${topic}/${String(partition)}`;
    onTrouble('kafka', new Error(`${message} could not be read (${reason}), and is kept in ${keptIn}`));
  };
  const feed = watchedFeed(
    new KafkaFeed({ ...kafka, ...state.feed, onUnreadable }),
    watch.tracing,
    (group) => (state.nameOf(group) === 'views' ? 'fold views' : 'run processes'),
  );
  let health: HealthServer | undefined;
  try {
    if (watch.metrics !== undefined) measureLags(watch.metrics, { log, store });
    health = await healthOf(config, watch, told, () => state.readiness(store));
    const wired = await wire(config, clock, servers, { watch });
    const following = follow(
      {
        ...{ log, feed, store, views, processes, catalogue, clock, groups },
        submit: (submission) => wired.commands.run(submission),
        // Who waits for the views is in another process, and looks by itself.
        onMoved: () => undefined,
        rest: new Rest(BY_ITSELF),
        onReady: () => {
          state.onReady();
          told.onReady();
        },
        onTrouble,
        onStopped: withOrigin(log, told.onStopped),
      },
      signal,
    );
    const serving = serveCommands(wired, kafka, { ...state.commands, onTrouble }, signal);
    await Promise.all([following, serving]);
  } finally {
    await feed.close();
    await health?.close();
    await watch.close();
    await servers.close();
  }
}

/**
 * Carries the log to Kafka and to the blocks whenever it is this process's turn, until the signal aborts.
 *
 * @throws LogUnavailable, StoreUnavailable, ServerTooOld where it cannot begin; later trouble is told, and tried again
 */
export async function runRelayMember(config: Config, told: Told, signal: AbortSignal): Promise<void> {
  const servers = await openServers(config, Date.now);
  const { log, blocks } = servers;
  const watch = openWatch(config, 'relay', lostTo(told));
  const state = new RelayState(watch, scrubber(config));
  const onTrouble = (what: string, error: Error): void => {
    state.onTrouble(what, error);
    told.onTrouble(what, error);
  };
  const kafka = kafkaOf(config, log.logId, (error) => onTrouble('kafka', error));
  const publisher = state.publisher(watchedPublisher(new KafkaPublisher(kafka), watch.tracing));
  const relay = async (turn: AbortSignal): Promise<void> => {
    const blocksWatch = await RelayWatch.begin(blocks);
    const onRelayed = (events: number, position: string): void => {
      blocksWatch.relayed(position);
      state.onRelayed(events, position);
    };
    await watched(blocksWatch, turn, (ending) => runRelay({ log, blocks, publisher, onRelayed }, ending));
  };
  const work = (turn: AbortSignal): Promise<void> =>
    state.active(() => {
      told.onReady();
      return persistently('relay', { onTrouble }, turn, () => relay(turn));
    });
  let health: HealthServer | undefined;
  try {
    state.measureLag(log, blocks);
    health = await healthOf(config, watch, told, async () => state.readiness());
    const onMembership = (isMember: boolean): void => state.onMembership(isMember);
    await new KafkaTurn({ ...kafka, name: `${config.kafkaPrefix}.relay`, onMembership }).take(work, signal);
  } finally {
    await publisher.close();
    await health?.close();
    await watch.close();
    await servers.close();
  }
}

async function healthOf(
  { host, healthPort: port }: Config,
  { metrics }: Watch,
  { onWatched }: Told,
  ready: HealthOptions['ready'],
): Promise<HealthServer | undefined> {
  if (port === undefined) return undefined;
  const server = await serveHealth({ host, port, ready, metrics });
  onWatched?.(server.url);
  return server;
}

/** Spans that the collector does not take are told of, and not tried again. */
function lostTo({ onTrouble }: Told): WatchListener {
  return {
    onLost: (spans) => onTrouble('traces', new Error(`${String(spans)} spans could not be sent`)),
  };
}
