import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** The length of the first message in a buffer, where all of it is there. */
export type Framing = (bytes: Buffer) => number | undefined;

/** Messages that begin with their length, of four bytes, which does not count itself: Kafka's. */
export const kafkaFraming: Framing = (bytes) => {
  const length = bytes.length < 4 ? undefined : bytes.readInt32BE(0) + 4;
  return length !== undefined && bytes.length >= length ? length : undefined;
};

/** Messages that begin with their length, of four bytes, little end first, which counts itself: MongoDB's. */
export const mongoFraming: Framing = (bytes) => {
  const length = bytes.length < 4 ? undefined : bytes.readInt32LE(0);
  return length !== undefined && bytes.length >= length ? length : undefined;
};

interface Behaviour {
  /** each way, in milliseconds */
  readonly delay: number;
  /** connections stay open, and nothing goes through */
  readonly isHalfOpen: boolean;
  readonly refuses: boolean;
  /** bytes of replies that still go through before their connection is cut */
  readonly repliesLeft: number;
  /** bytes of replies after which each connection is cut */
  readonly repliesOfEach: number;
  /** replies come twice */
  readonly duplicates: boolean;
}

const SOUND: Behaviour = {
  delay: 0,
  isHalfOpen: false,
  refuses: false,
  repliesLeft: Infinity,
  repliesOfEach: Infinity,
  duplicates: false,
};

/** Stands between a client and a server on the loopback interface, and makes trouble on request. */
export class FaultProxy {
  private readonly server = net.createServer((client) => this.connect(client));
  private readonly sockets = new Set<net.Socket>();
  private readonly waiting = new Set<() => void>();
  private behaviour = SOUND;
  private target = 0;

  private constructor(private readonly framing: Framing | undefined) {}

  /**
   * Listens on a free port.
   *
   * @param framing tells where a reply ends, for those that come twice
   */
  static async start(framing?: Framing): Promise<FaultProxy> {
    const proxy = new FaultProxy(framing);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where the server is, once that is known. */
  leadTo(port: number): void {
    this.target = port;
  }

  /** Everything takes so much longer, each way, in milliseconds. */
  delay(milliseconds: number): void {
    this.change({ delay: milliseconds });
  }

  /** Ends all connections at once, as a reset does. New ones are accepted. */
  drop(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Lets so many bytes of replies through, over all connections, and then ends the connection that they came on. */
  cutReplies(afterBytes: number): void {
    this.change({ repliesLeft: afterBytes });
  }

  /** From now on, until it heals, ends each connection after so many bytes of replies. */
  cutEach(afterBytes: number): void {
    this.change({ repliesOfEach: afterBytes });
  }

  /** Each reply comes twice. */
  duplicateReplies(): void {
    if (this.framing === undefined) throw new Error('without a framing it is not known where a reply ends');
    this.change({ duplicates: true });
  }

  /** Connections stay open, new ones are accepted, and nothing goes through until it heals; then all of it does. */
  halfOpen(): void {
    this.change({ isHalfOpen: true });
  }

  /** Ends all connections, and each new one at once. */
  refuse(): void {
    this.change({ refuses: true });
    this.drop();
  }

  /** Makes no trouble any longer. */
  heal(): void {
    this.behaviour = SOUND;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.drop();
    this.heal();
    await closed;
  }

  private change(change: Partial<Behaviour>): void {
    this.behaviour = { ...this.behaviour, ...change };
  }

  private connect(client: net.Socket): void {
    if (this.behaviour.refuses) {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect(this.target, '127.0.0.1');
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    this.carry(client, server, (chunk) => [chunk]);
    this.carry(server, client, this.replies(server));
  }

  /** What becomes of the replies of a connection. */
  private replies(server: net.Socket): (chunk: Buffer) => readonly Buffer[] {
    let rest: Buffer = Buffer.alloc(0);
    const doubled = (chunk: Buffer): readonly Buffer[] => {
      // Framing begins with the connection, whether or not replies come twice by then.
      if (this.framing === undefined) return [chunk];
      rest = Buffer.concat([rest, chunk]);
      const whole: Buffer[] = [];
      for (let length = this.framing(rest); length !== undefined; length = this.framing(rest)) {
        const reply = rest.subarray(0, length);
        rest = rest.subarray(length);
        whole.push(reply);
        if (this.behaviour.duplicates) whole.push(reply);
      }
      return whole;
    };
    let isCut = false;
    let ofThis = 0;
    return (chunk) => {
      if (isCut) return [];
      const { repliesLeft, repliesOfEach } = this.behaviour;
      ofThis = repliesOfEach === Infinity ? 0 : ofThis + chunk.length;
      const left = Math.min(repliesLeft, repliesOfEach - ofThis + chunk.length);
      if (repliesLeft !== Infinity) this.change({ repliesLeft: Math.max(0, repliesLeft - chunk.length) });
      if (chunk.length < left) return doubled(chunk);
      // What was let through must be sent before the end.
      setImmediate(() => server.destroy());
      isCut = true;
      if (this.behaviour.repliesLeft === 0) this.change({ repliesLeft: Infinity });
      return [...doubled(chunk.subarray(0, left)), rest];
    };
  }

  private carry(from: net.Socket, to: net.Socket, change: (chunk: Buffer) => readonly Buffer[]): void {
    const pass = (chunk: Buffer): void => {
      if (to.destroyed) return;
      let flows = true;
      for (const part of change(chunk)) flows = to.write(part);
      if (flows) from.resume();
      else to.once('drain', () => from.resume());
    };
    const heed = (chunk: Buffer): void => {
      const { isHalfOpen, delay } = this.behaviour;
      if (isHalfOpen) this.waiting.add(() => heed(chunk));
      else if (delay > 0) setTimeout(() => pass(chunk), delay);
      else pass(chunk);
    };
    from.on('data', (chunk: Buffer) => {
      // One at a time, so that none overtakes another.
      from.pause();
      heed(chunk);
    });
    from.on('close', () => to.destroy());
    from.on('end', () => to.end());
  }
}
