import {
  EventStoreDBClient,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamingRead,
  StreamNotFoundError,
} from '@eventstore/db-client';
import { LogUnavailable } from '@jejak/core';
import { BatchAppender } from './batch';
import { type Internals, internalsOf } from './internals';

/** The oldest server that tells a subscriber when it has caught up; positions on stream reads came with 22.6. */
const MINIMUM = [23, 10] as const;

/** Not as old as the log needs it. */
export class ServerTooOld extends Error {
  readonly code = 'server-too-old';
}

/** Milliseconds in which calls that are under way come to an end when the connection is closed. */
const CLOSING = 2_000;

/** The official client, with an end to each call. */
export class Connection {
  readonly batch: BatchAppender;

  private constructor(
    readonly client: EventStoreDBClient,
    private readonly internals: Internals,
  ) {
    this.batch = new BatchAppender(internals);
  }

  /**
   * @param connectionString as the client documents it, TLS and credentials included; no error or log names it
   * @param patience milliseconds to wait for the server's answer
   * @throws LogUnavailable; ServerTooOld
   */
  static async open(connectionString: string, patience: number): Promise<Connection> {
    const client = clientOf(connectionString);
    const internals = internalsOf(client);
    const connection = new Connection(client, internals);
    try {
      const { serverVersion } = await within(patience, internals.capabilities);
      checkVersion(serverVersion);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /**
   * Reads a stream; nothing where it does not exist.
   *
   * @param patience milliseconds without a word from the server, at most
   */
  async read(
    stream: string,
    options: ReadStreamOptions,
    patience: number,
  ): Promise<readonly RecordedEvent[]> {
    const read = this.client.readStream(stream, { ...options, requiresLeader: true });
    const found: RecordedEvent[] = [];
    try {
      for await (const { event } of answering(read, patience)) if (event !== undefined) found.push(event);
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    return found;
  }

  /**
   * Reads the whole log, whosever its events are, from a position on.
   *
   * @param count of events, at most
   */
  async readLog(from: bigint, count: number, patience: number): Promise<readonly RecordedEvent[]> {
    const read = this.client.readAll({
      fromPosition: { commit: from, prepare: from },
      maxCount: count,
      requiresLeader: true,
    });
    const found: RecordedEvent[] = [];
    // To the end: the client keeps a call that is done and not read out until it is disposed of, and then hangs.
    for await (const { event } of answering(read, patience)) if (event !== undefined) found.push(event);
    return found;
  }

  async close(): Promise<void> {
    await within(CLOSING, this.client.dispose()).catch(() => undefined);
    const channel = await this.internals.getChannel().catch(() => undefined);
    channel?.close();
  }
}

function clientOf(connectionString: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch {
    // The client's own error repeats the text, credentials and all.
    throw new Error('the connection string of EventStoreDB cannot be read');
  }
}

function checkVersion(version: string): void {
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  const recent = major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
  if (!recent) {
    throw new ServerTooOld(`EventStoreDB ${MINIMUM.join('.')} or later is needed; this one is ${version}`);
  }
}

/** What is read, as long as the server goes on answering: the client itself waits for ever. */
async function* answering<E>(read: StreamingRead<E>, patience: number): AsyncGenerator<E> {
  // One that comes after the reader has gone would end the process.
  read.on('error', () => undefined);
  let done = false;
  const timer = setTimeout(() => read.destroy(notAnswering(patience)), patience);
  try {
    for await (const event of read as AsyncIterable<E>) {
      timer.refresh();
      yield event;
    }
    done = true;
  } finally {
    clearTimeout(timer);
    if (!done) read.cancel().catch(() => undefined);
  }
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(notAnswering(milliseconds));
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function notAnswering(milliseconds: number): LogUnavailable {
  return new LogUnavailable(`EventStoreDB did not answer within ${String(milliseconds)} ms`);
}
