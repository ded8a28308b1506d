import fc from 'fast-check';
import { Kafka, logLevel } from 'kafkajs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { FaultProxy } from '../../../../test/support/fault-proxy';
import { describeWith, OwnServer } from '../../../../test/support/servers';
import { inWholeMessages, socketFactory } from './sockets';

const message = (length: number): Buffer => {
  const bytes = Buffer.alloc(4 + length, length % 251);
  bytes.writeInt32BE(length);
  return bytes;
};

describe('a socket that hands on whole messages', () => {
  /** What its hearers get of these chunks. */
  const heard = (chunks: readonly Buffer[]): { readonly data: Buffer[]; readonly socket: net.Socket } => {
    const socket = new net.Socket();
    const data: Buffer[] = [];
    socket.on('error', () => undefined);
    inWholeMessages(socket);
    socket.on('data', (chunk: Buffer) => data.push(chunk));
    for (const chunk of chunks) socket.emit('data', chunk);
    return { data, socket };
  };

  it('hands on all of them and nothing else, however they are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 4, max: 300 }), { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 30 }),
        fc.nat(100),
        (lengths, cuts, loss) => {
          const whole = Buffer.concat(lengths.map(message));
          const sent = Buffer.concat([whole, message(200).subarray(0, loss)]);
          const chunks: Buffer[] = [];
          let at = 0;
          for (const cut of cuts) chunks.push(sent.subarray(at, (at += cut)));
          chunks.push(sent.subarray(at));
          const { data } = heard(chunks);
          expect(Buffer.concat(data).equals(whole)).toBe(true);
          for (const part of data) {
            let end = 0;
            while (end < part.length) end += 4 + part.readInt32BE(end);
            expect(end).toBe(part.length);
          }
        },
      ),
    );
  });

  it.each([-1, 0, 3, 2 ** 31 - 1])(
    'ends a connection on which a message says that it has %i bytes',
    (length) => {
      const bytes = Buffer.alloc(8);
      bytes.writeInt32BE(length);
      const { data, socket } = heard([bytes]);
      expect(data).toEqual([]);
      expect(socket.destroyed).toBe(true);
    },
  );
});

describe('the factory', () => {
  it('connects', async () => {
    const server = net.createServer((socket) => socket.end(message(9)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const none = undefined as unknown as object;
    const socket = socketFactory({ host: '127.0.0.1', port, ssl: none, onConnect: () => undefined });
    const got = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(got.length).toBe(13);
    await new Promise((resolve) => server.close(resolve));
  });
});

describeWith('kafka', 'the client library on a connection that is cut within a reply', () => {
  it('goes on, on the next connection', async () => {
    const proxy = await FaultProxy.start();
    const broker = await OwnServer.start('kafka', { advertisedPort: proxy.port });
    proxy.leadTo(broker.port);
    const admin = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, socketFactory }).admin();
    /** The library does not repeat this call by itself. */
    const brokers = async (attempts: number): Promise<number> => {
      try {
        return (await admin.describeCluster()).brokers.length;
      } catch (error) {
        if (attempts === 1) throw error;
        return brokers(attempts - 1);
      }
    };
    try {
      await admin.connect();
      for (let n = 0; n < 20; n++) {
        proxy.cutReplies(5 + n);
        expect(await brokers(5)).toBe(1);
      }
    } finally {
      await admin.disconnect();
      await broker.stop();
      await proxy.close();
    }
  }, 60_000);
});
