import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { StandIn } from '../../support/eventstoredb/stand-in';
import { withDatabase } from '../../support/mongo';
import { serverAddress } from '../../support/servers';

/**
 * The servers of an installation: a database and topics that no other one shares, and a log of its own where that is
 * ours to start. EventStoreDB holds one log, with one `installation` in it: where EVENTSTORE_URL names a server, all
 * suites share that log, programmes have names that none had before, and every relay carries all of it.
 */
export class ManyMachines {
  private constructor(
    private readonly standIn: StandIn | undefined,
    /** what its programs are started with */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Kafka and MongoDB are those of the test run, or those that KAFKA_BROKERS and MONGODB_URL name. */
  static async start(): Promise<ManyMachines> {
    const id = `t${randomUUID().slice(0, 8)}`;
    const [kafka, mongo] = await Promise.all([serverAddress('kafka'), serverAddress('mongodb')]);
    const given = process.env.EVENTSTORE_URL;
    const standIn = given === undefined ? await StandIn.start() : undefined;
    const database = new URL(mongo);
    database.pathname = id;
    return new ManyMachines(standIn, {
      JEJAK_MODE: 'distributed',
      JEJAK_KAFKA_PREFIX: id,
      JEJAK_PARTITIONS: '4',
      KAFKA_BROKERS: kafka,
      MONGODB_URL: database.href,
      EVENTSTORE_URL: given ?? standIn?.address ?? '',
    });
  }

  /** Leaves nothing behind but what it wrote to a log that was given. */
  async stop(): Promise<void> {
    await this.standIn?.stop();
    const { MONGODB_URL = '', KAFKA_BROKERS = '', JEJAK_KAFKA_PREFIX = '' } = this.environment;
    await withDatabase(MONGODB_URL, (database) => database.dropDatabase());
    const admin = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${JEJAK_KAFKA_PREFIX}.`));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  }
}
