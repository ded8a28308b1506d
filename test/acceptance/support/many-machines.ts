import { randomUUID } from 'node:crypto';
import { StandIn } from '../../support/eventstoredb/stand-in';
import { serverAddress } from '../../support/servers';

/** The servers of an installation that no other one shares: a log, a database, and topics of its own. */
export class ManyMachines {
  private constructor(
    private readonly standIn: StandIn,
    /** what its programs are started with */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Kafka and the MongoDB-compatible server are those of the test run; the log is a stand-in of its own. */
  static async start(): Promise<ManyMachines> {
    const id = `t${randomUUID().slice(0, 8)}`;
    const [kafka, mongo] = await Promise.all([serverAddress('kafka'), serverAddress('mongodb')]);
    const standIn = await StandIn.start();
    const database = new URL(mongo);
    database.pathname = id;
    return new ManyMachines(standIn, {
      JEJAK_MODE: 'distributed',
      JEJAK_KAFKA_PREFIX: id,
      JEJAK_PARTITIONS: '4',
      KAFKA_BROKERS: kafka,
      MONGODB_URL: database.href,
      EVENTSTORE_URL: standIn.address,
    });
  }

  async stop(): Promise<void> {
    await this.standIn.stop();
  }
}
