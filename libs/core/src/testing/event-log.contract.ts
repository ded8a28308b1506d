import { contractTests, type Skips } from './contract';
import { appendTests } from './event-log.append';
import { followTests } from './event-log.follow';
import { readTests } from './event-log.read';
import type { EventLogFixture, LogUnderTest, MakeEventLog } from './log-fixture';

export interface EventLogContractOptions {
  readonly skips?: Skips;
  /** rounds in which 64 writers want the same revision; 100 when undefined */
  readonly rounds?: number;
  /** how long a follower that waits may take to end, in milliseconds; 500 when undefined */
  readonly prompt?: number;
}

/** Everything that the port EventLog promises, tested on an adapter. */
export function eventLogContract(
  name: string,
  make: MakeEventLog,
  options: EventLogContractOptions = {},
): void {
  describe(`the event log of ${name}`, () => {
    const clock = { now: Date.parse('2023-06-12T02:00:00.000Z') };
    let made: EventLogFixture | undefined;
    const fixture = (): EventLogFixture => {
      if (made === undefined) throw new Error('there is no log to test');
      return made;
    };
    const log = () => fixture().log;
    beforeAll(async () => {
      made = await make(() => clock.now);
    });
    afterAll(() => made?.close());

    const under: LogUnderTest = {
      fixture,
      log,
      clock,
      rounds: options.rounds ?? 100,
      prompt: options.prompt ?? 500,
    };
    contractTests({ ...appendTests(under), ...readTests(under), ...followTests(under) }, options.skips);
  });
}
