import { AssignerProtocol, type Kafka, type PartitionAssigner } from 'kafkajs';
import { Membership } from './membership';
import { clientOf, type KafkaOptions, requestTimeoutOf } from './options';
import { ensureTopic } from './topics';
import { asError, pause, sleep, within } from './waiting';

export interface KafkaTurnOptions extends Omit<KafkaOptions, 'topic' | 'partitions' | 'source'> {
  /** what the turn is about: the group, and with `.turn.v1` the name of its topic, which stays empty */
  readonly name: string;
  /** how long a member that was killed still counts as active, in milliseconds (6,000) */
  readonly sessionTimeout?: number;
  /** in milliseconds (a quarter of the session timeout) */
  readonly heartbeatInterval?: number;
  /** told when it has taken its place among those who wait for their turn, and when it has lost it */
  readonly onMembership?: (isMember: boolean) => void;
}

const SESSION_TIMEOUT = 6_000;
const MAX_WAIT = 250;

/** How often it is looked whose turn it is, in milliseconds. */
const LOOK = 50;

/**
 * Of many processes one at a time has its turn: the member of a consumer group that has the only partition of a topic.
 * When it leaves or is lost another one follows, after the session timeout at the latest. For a moment two may believe
 * that it is their turn: what they do must bear that.
 */
export class KafkaTurn {
  private readonly kafka: Kafka;
  private readonly sessionTimeout: number;
  private readonly heartbeatInterval: number;

  constructor(private readonly options: KafkaTurnOptions) {
    this.kafka = clientOf(options);
    this.sessionTimeout = options.sessionTimeout ?? SESSION_TIMEOUT;
    this.heartbeatInterval = options.heartbeatInterval ?? this.sessionTimeout / 4;
  }

  /**
   * Does the work whenever it is this process's turn, until the signal aborts or the work ends by itself.
   *
   * @param work ends soon after its signal aborts, which says that the turn is over
   * @throws what the work throws; the turn has then been given away
   */
  async take(work: (turn: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    let isDone = false;
    for (let attempt = 0; !isDone && !signal.aborted; attempt++) {
      try {
        const shape = { topic: this.topic, partitions: 1, replication: this.options.replication };
        await within(3 * requestTimeoutOf(this.options), ensureTopic(this.kafka, shape), signal);
        isDone = await this.asMember(work, signal, () => {
          attempt = 0;
          this.options.onMembership?.(true);
        });
      } catch (error) {
        if (error instanceof WorkFailed) throw error.reason;
        this.report(error, signal);
      }
      this.options.onMembership?.(false);
      if (!isDone) await pause(attempt, signal);
    }
  }

  /** Takes part in the group, and works when it is our turn. Resolves to whether the work ended by itself. */
  private async asMember(work: Work, signal: AbortSignal, onJoined: () => void): Promise<boolean> {
    const seat = new Seat();
    const membership = this.membership(seat, onJoined);
    const ending = new AbortController();
    const over = new AbortController();
    const partaking = membership
      .takePart(AbortSignal.any([signal, ending.signal]))
      .catch((error: unknown) => this.report(error, signal))
      .finally(() => over.abort());
    const until = AbortSignal.any([signal, over.signal]);
    const isOurs = (): boolean => seat.isOurs && membership.silence < this.sessionTimeout;
    try {
      while (!until.aborted) {
        if (!isOurs()) await sleep(LOOK, until);
        else {
          seat.isTaken = true;
          if (await this.turn(work, isOurs, until)) return true;
          seat.isTaken = false;
        }
      }
      return false;
    } finally {
      ending.abort();
      await partaking;
    }
  }

  private async turn(work: Work, isOurs: () => boolean, until: AbortSignal): Promise<boolean> {
    const lost = new AbortController();
    const ended = new AbortController();
    const turn = AbortSignal.any([until, lost.signal]);
    const working = work(turn)
      .catch((error: unknown) => {
        throw new WorkFailed(asError(error));
      })
      .finally(() => ended.abort());
    const either = AbortSignal.any([turn, ended.signal]);
    while (!either.aborted) {
      await sleep(LOOK, either);
      if (!isOurs()) lost.abort();
    }
    const byItself = !turn.aborted;
    await working;
    return byItself;
  }

  private membership(seat: Seat, onJoined: () => void): Membership {
    const { sessionTimeout, heartbeatInterval } = this;
    const consumer = this.kafka.consumer({
      groupId: this.options.name,
      partitionAssigners: [staying(seat)],
      sessionTimeout,
      heartbeatInterval,
      rebalanceTimeout: sessionTimeout,
      maxWaitTimeInMs: MAX_WAIT,
      allowAutoTopicCreation: false,
    });
    return new Membership(consumer, {
      topic: this.topic,
      stall: 2 * sessionTimeout + requestTimeoutOf(this.options),
      eachBatch: async () => undefined,
      onJoined: (assignment) => {
        seat.isOurs = (assignment[this.topic] ?? []).length > 0;
        onJoined();
      },
    });
  }

  private get topic(): string {
    return `${this.options.name}.turn.v1`;
  }

  private report(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) this.options.onTrouble?.(asError(error));
  }
}

type Work = (turn: AbortSignal) => Promise<void>;

class WorkFailed extends Error {
  constructor(readonly reason: Error) {
    super(reason.message);
  }
}

/** The only partition of the turn's topic, as one member sees it. */
class Seat {
  /** the group has given it to us */
  isOurs = false;
  /** we are at work */
  isTaken = false;
}

/** Gives the seat to the member that is at work, so that one who joins does not interrupt; else to the first by name. */
function staying(seat: Seat): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = AssignerProtocol;
  const version = 1;
  return () => ({
    name: 'jejak-turn',
    version,
    protocol: ({ topics }) => {
      const userData = Buffer.from(seat.isTaken ? 'at work' : '');
      return { name: 'jejak-turn', metadata: MemberMetadata.encode({ version, topics, userData }) };
    },
    assign: async ({ members, topics }) => {
      const byName = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
      const isAtWork = (metadata: Buffer): boolean =>
        (MemberMetadata.decode(metadata)?.userData ?? '').toString() === 'at work';
      const chosen = byName.find(({ memberMetadata }) => isAtWork(memberMetadata)) ?? byName[0];
      const assignment = Object.fromEntries(topics.map((topic) => [topic, [0]]));
      const memberAssignment = MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) });
      return chosen === undefined ? [] : [{ memberId: chosen.memberId, memberAssignment }];
    },
  });
}
