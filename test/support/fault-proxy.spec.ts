import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { FaultProxy, kafkaFraming, mongoFraming } from './fault-proxy';

/** A server that answers each message of Kafka's framing with itself. */
async function echo(): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const framed = (text: string): Buffer => {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the fault proxy', () => {
  let server: net.Server;
  let proxy: FaultProxy;
  const clients: net.Socket[] = [];

  beforeEach(async () => {
    server = await echo();
    proxy = await FaultProxy.start(kafkaFraming);
    proxy.leadTo((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A client, what it got, and how it ended. */
  const connect = () => {
    const client = net.connect(proxy.port, '127.0.0.1');
    clients.push(client);
    const got = { text: '', ended: false };
    client.on('data', (chunk) => (got.text += chunk.toString('latin1')));
    client.on('error', () => undefined);
    client.on('close', () => (got.ended = true));
    return { client, got };
  };

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await sleep(5);
  };

  it('lets everything through as it is, however much', async () => {
    const { client, got } = connect();
    const large = framed('x'.repeat(3_000_000));
    client.write(large);
    await until(() => got.text.length === large.length);
    expect(got.text).toBe(large.toString('latin1'));
  });

  it('delays each way, and keeps the order', async () => {
    proxy.delay(60);
    const { client, got } = connect();
    const started = performance.now();
    for (const text of ['a', 'b', 'c']) client.write(framed(text));
    await until(() => got.text.length === 15);
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
    expect(got.text.replace(/[^abc]/g, '')).toBe('abc');
  });

  it('cuts replies after so many bytes, once', async () => {
    const { client, got } = connect();
    proxy.cutReplies(6);
    client.write(framed('abcdef'));
    await until(() => got.ended);
    expect(got.text.slice(4)).toBe('ab');
    const next = connect();
    next.client.write(framed('abcdef'));
    await until(() => next.got.text.length === 10);
  });

  it('cuts each connection after so many bytes of replies, until it heals', async () => {
    proxy.cutEach(7);
    for (let n = 0; n < 3; n++) {
      const { client, got } = connect();
      client.write(framed('a'));
      await until(() => got.text.length === 5);
      client.write(framed('b'));
      await until(() => got.ended);
      expect(got.text).toHaveLength(7);
    }
    proxy.heal();
    const { client, got } = connect();
    client.write(framed('abcdef'));
    await until(() => got.text.length === 10);
  });

  it('lets replies come twice', async () => {
    const { client, got } = connect();
    proxy.duplicateReplies();
    client.write(framed('a'));
    await until(() => got.text.length === 10);
    proxy.heal();
    client.write(framed('b'));
    await until(() => got.text.length === 15);
    expect(got.text.replace(/[^ab]/g, '')).toBe('aab');
  });

  it('holds everything while half open, without an end, and lets it go when it heals', async () => {
    const { client, got } = connect();
    proxy.halfOpen();
    client.write(framed('a'));
    await sleep(100);
    expect(got).toEqual({ text: '', ended: false });
    proxy.heal();
    await until(() => got.text.length === 5);
  });

  it('drops connections, and refuses them until it heals', async () => {
    const { client, got } = connect();
    client.write(framed('a'));
    await until(() => got.text.length === 5);
    proxy.refuse();
    await until(() => got.ended);
    const refused = connect();
    await until(() => refused.got.ended);
    expect(refused.got.text).toBe('');
    proxy.heal();
    const again = connect();
    again.client.write(framed('b'));
    await until(() => again.got.text.length === 5);
  });

  it('knows where messages of Kafka and of MongoDB end', () => {
    const two = Buffer.concat([framed('abc'), framed('d')]);
    expect(kafkaFraming(two)).toBe(7);
    expect(kafkaFraming(two.subarray(0, 6))).toBeUndefined();
    expect(mongoFraming(Buffer.from([6, 0, 0, 0, 1, 2, 9]))).toBe(6);
    expect(mongoFraming(Buffer.from([6, 0, 0, 0, 1]))).toBeUndefined();
  });
});
