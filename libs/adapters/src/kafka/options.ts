import { Kafka, type KafkaConfig, type LogEntry, logLevel } from 'kafkajs';
import { socketFactory } from './sockets';

/** Where the events of every programme go. */
export const EVENTS_TOPIC = 'jejak.events.v1';

/** How the brokers are reached, and the topic that events go through. */
export interface KafkaOptions {
  /** host:port of some brokers; the others are learnt from them */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  /** TLS: true, or the options of node:tls */
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  /** `jejak.events.v1` when undefined */
  readonly topic?: string;
  /** where the topic has to be created: its partitions (16), the most workers that can share the work */
  readonly partitions?: number;
  /** where the topic has to be created: copies of it, on as many brokers (what the cluster has set) */
  readonly replication?: number;
  /** names the log that the events are of (`jejak`); what comes from another one is set aside */
  readonly source?: string;
  /** after how long a request that nobody answers has failed, in milliseconds (10,000) */
  readonly requestTimeout?: number;
  /** told of everything that went wrong and is being tried again */
  readonly onTrouble?: (error: Error) => void;
  /** what the client library logs */
  readonly onLog?: (entry: LogEntry) => void;
}

export const DEFAULT_SOURCE = 'jejak';
export const DEFAULT_PARTITIONS = 16;
const REQUEST_TIMEOUT = 10_000;

export const requestTimeoutOf = (options: KafkaOptions): number => options.requestTimeout ?? REQUEST_TIMEOUT;

/** A client of the library. What it cannot mend in a few attempts comes back to us, who try for ever. */
export function clientOf(options: KafkaOptions): Kafka {
  const { brokers, clientId, ssl, sasl, onLog } = options;
  return new Kafka({
    brokers: [...brokers],
    clientId: clientId ?? 'jejak',
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    socketFactory,
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutOf(options),
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
    logLevel: onLog === undefined ? logLevel.NOTHING : logLevel.INFO,
    ...(onLog === undefined ? {} : { logCreator: () => onLog }),
  });
}
