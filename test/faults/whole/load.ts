import { setTimeout as sleep } from 'node:timers/promises';
import { lineCode, PHASE, PROGRAMMES } from './city';
import type { Installation } from './installation';
import { type Person, Requests } from './request';

/** A command that was acknowledged: how to give it again, and what was answered. */
export interface Given {
  readonly person: Person;
  readonly path: string;
  readonly key: string;
  readonly body: string;
  readonly receipt: string;
}

/** An answer to a question, and the index that it says it is of. */
export interface Read {
  readonly path: string;
  readonly index: number;
  readonly body: string;
  /** the id of an event that was acknowledged before it was asked, and that it must have seen */
  readonly after?: string;
}

const CLIENTS = 6;
const READERS = 2;

/** Milliseconds between two requests of one client, at most. */
const PACE = 150;

/** Milliseconds between two closings or openings of a phase, at most: for each seal all of the programme is folded. */
const CLOSING = 15_000;

/** Of so many commands one is given once more. */
const REPEATS = 8;

/** Answers that are kept for being checked, at most. */
const READS = 400;

/** Officers who report, an office that closes phases and opens them again, and readers; from its start to its stop. */
export class Load {
  readonly given: Given[] = [];
  readonly reads: Read[] = [];
  readonly requests: Requests;
  /** answers to questions, in all */
  answers = 0;
  private serial = 0;
  private ending: AbortController | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private readonly isClosed = new Map<string, boolean>();

  constructor(installation: Installation) {
    this.requests = new Requests(installation);
  }

  get violations(): string[] {
    return this.requests.violations;
  }

  start(): void {
    if (this.ending !== undefined) return;
    this.ending = new AbortController();
    this.running = Promise.all([
      ...Array.from({ length: CLIENTS }, () => this.loop(() => this.report(), PACE)),
      ...PROGRAMMES.map((programme) => this.loop(() => this.closeOrReopen(programme), CLOSING)),
      ...Array.from({ length: READERS }, () => this.loop(() => this.read(), 2 * PACE)),
    ]);
  }

  /** Resolves when every command that was given has its answer. */
  async stop(): Promise<void> {
    this.ending?.abort();
    await this.running;
    this.ending = undefined;
  }

  private async loop(work: () => Promise<void>, pace: number): Promise<void> {
    while (this.ending?.signal.aborted === false) {
      await work().catch((error: unknown) => this.requests.violations.push(String(error)));
      await sleep(Math.random() * pace);
    }
  }

  private async report(): Promise<void> {
    const n = this.serial++;
    const programme = PROGRAMMES[n % PROGRAMMES.length] as string;
    const path = `/v1/programmes/${programme}/budget-lines/${lineCode(n)}/disbursements`;
    const document = { kind: 'sp2d', number: `SP2D-${String(n)}` };
    const body = JSON.stringify({ amount: 1_000 + n, document, occurredOn: '2023-06-01' });
    await this.give({ person: 'officer', path, key: `k${String(n)}`, body });
    const again = this.given[Math.floor(Math.random() * this.given.length)];
    if (n % REPEATS === 0 && again !== undefined) await this.repeat(again);
  }

  private async closeOrReopen(programme: string): Promise<void> {
    const closed = this.isClosed.get(programme) ?? false;
    this.isClosed.set(programme, !closed);
    const path = `/v1/programmes/${programme}/phases/${PHASE}/${closed ? 'reopen' : 'close'}`;
    const body = JSON.stringify(closed ? { reason: 'more to come' } : {});
    await this.give({ person: 'office', path, key: `k${String(this.serial++)}`, body });
  }

  private async give(command: Omit<Given, 'receipt'>): Promise<void> {
    const { status, body } = await this.requests.answered(command.person, 'POST', command.path, command);
    if (status < 300) this.given.push({ ...command, receipt: body });
    else this.requests.violations.push(`${command.path} is answered ${String(status)}: ${body}`);
  }

  /** Gives a command again: the same answer must come, to the byte. */
  async repeat({ receipt, ...command }: Given): Promise<void> {
    const { body } = await this.requests.answered(command.person, 'POST', command.path, command);
    if (body !== receipt)
      this.requests.violations.push(`${command.path} is answered ${receipt}, and then ${body}`);
  }

  private async read(): Promise<void> {
    const seen = Math.random() < 0.3 ? this.given.at(-1) : undefined;
    const receipt = seen && (JSON.parse(seen.receipt) as { token: string; events: [{ id: string }] });
    const random = PROGRAMMES[Math.floor(Math.random() * PROGRAMMES.length)] as string;
    const programme = /programmes\/([^/]+)/.exec(seen?.path ?? '')?.[1] ?? random;
    const questions = [
      'snapshot?cutOff=2023-12-31',
      'budget?cutOff=2023-12-31',
      `budget-lines/${lineCode(this.serial)}`,
    ];
    const question = questions[this.answers % questions.length] as string;
    const path = `/v1/programmes/${programme}/${question}`;
    const reply = await this.requests.once(
      'office',
      'GET',
      receipt ? withParameter(path, 'after', receipt.token) : path,
    );
    if (reply === undefined) return;
    if (reply.status !== 200) {
      this.requests.violations.push(`${path} is answered ${String(reply.status)}: ${reply.body}`);
      return;
    }
    this.answers++;
    const { index } = JSON.parse(reply.body) as { readonly index: number };
    const read = { path, index, body: reply.body, ...(receipt && { after: receipt.events[0].id }) };
    // Of all of them, each may be one of those that are kept.
    if (this.reads.length < READS) this.reads.push(read);
    else if (Math.random() < READS / this.answers) this.reads[Math.floor(Math.random() * READS)] = read;
  }
}

export function withParameter(path: string, name: string, value: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}
