import type { ISocketFactory } from 'kafkajs';
import net from 'node:net';
import tls from 'node:tls';

const KEEP_ALIVE = 60_000;

/** Each message begins with its length, in four bytes. */
const PREFIX = 4;

/** No message is larger, nor smaller: what says so is no Kafka broker. */
const LARGEST = 512 * 1024 * 1024;

/**
 * Connections for the client library, which hand on whole messages only. The library keeps the beginning of a message
 * whose connection was cut, and puts it before what comes on the next one: the process ended by that, or waited for
 * ever (kafkajs 2.2.4).
 */
export const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  // The types promise an object; `ssl: true` comes as it is, and no ssl as null.
  const secure = ssl as tls.ConnectionOptions | boolean | null | undefined;
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket =
    secure === undefined || secure === null || secure === false
      ? net.connect({ host, port }, onConnect)
      : tls.connect({ host, port, ...servername, ...(secure === true ? {} : secure) }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE);
  inWholeMessages(socket);
  return socket;
};

/** Lets the socket emit its data in whole messages: what is left of one when the connection ends is never seen. */
export function inWholeMessages(socket: net.Socket): void {
  const whole = new WholeMessages();
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  const emitWhole = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args);
    try {
      const bytes = whole.take(args[0] as Buffer);
      return bytes === undefined || emit('data', bytes);
    } catch (error) {
      socket.destroy(error as Error);
      return true;
    }
  };
  socket.emit = emitWhole;
}

class WholeMessages {
  private chunks: Buffer[] = [];
  private buffered = 0;
  /** bytes up to the end of the message that is coming, as far as that is known */
  private needed = PREFIX;

  /** Takes what came; gives all that is whole by now, undefined where nothing is. */
  take(chunk: Buffer): Buffer | undefined {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    if (this.buffered < this.needed) return undefined;
    const bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    let end = 0;
    this.needed = PREFIX;
    while (bytes.length - end >= PREFIX) {
      const length = bytes.readInt32BE(end);
      if (length < PREFIX || length > LARGEST)
        throw new Error(`a message of ${String(length)} bytes is none of Kafka's`);
      this.needed = PREFIX + length;
      if (bytes.length - end < this.needed) break;
      end += this.needed;
      this.needed = PREFIX;
    }
    const rest = bytes.subarray(end);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.buffered = rest.length;
    return end === 0 ? undefined : bytes.subarray(0, end);
  }
}
