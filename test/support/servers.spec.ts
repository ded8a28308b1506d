import { Kafka, logLevel } from 'kafkajs';
import { mongo } from 'mongoose';
import { describeWith, OwnServer } from './servers';

describeWith('mongodb', 'the MongoDB-compatible server', (address) => {
  it('answers a driver', async () => {
    const client = new mongo.MongoClient(address());
    await client.db('servers').collection('things').insertOne({ a: 1 });
    expect(await client.db('servers').collection('things').countDocuments()).toBeGreaterThan(0);
    await client.close();
  });

  it('is there again after it was killed, at the same address', async () => {
    const own = await OwnServer.start('mongodb');
    try {
      await own.kill();
      await expect(pinged(own.address)).rejects.toThrow('ECONNREFUSED');
      await own.restart();
      expect(await pinged(own.address)).toEqual({ ok: 1 });
    } finally {
      await own.stop();
    }
  });
});

describeWith('kafka', 'the Kafka broker', (address) => {
  it('answers a client', async () => {
    const admin = new Kafka({ brokers: [address()], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toHaveLength(1);
    await admin.disconnect();
  });
});

async function pinged(address: string): Promise<unknown> {
  const client = new mongo.MongoClient(address, { serverSelectionTimeoutMS: 500 });
  try {
    return await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}
