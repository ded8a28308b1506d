import { CommandRunner } from '../run-command';
import { streamName } from '../stream-name';
import { BrokenLog } from './broken-log';
import type { CommandsUnderTest } from './commands-fixture';
import { contractTests, type Skips } from './contract';
import { toyCatalogue, toyDeciders } from './counter';
import { type EventLogFixture, freshProgramme, type MakeEventLog } from './log-fixture';
import { deliveryTests } from './run-command.delivery';
import { modelTests } from './run-command.model';
import { retryTests } from './run-command.retry';
import { stepTests } from './run-command.steps';

export interface RunCommandContractOptions {
  readonly skips?: Skips;
  /** commands delivered one to five times; 1,000 when undefined */
  readonly commands?: number;
}

/** Everything that run-command promises (semantics 7), on a log. */
export function runCommandContract(
  name: string,
  make: MakeEventLog,
  { skips, commands = 1_000 }: RunCommandContractOptions = {},
): void {
  describe(`run-command on the log of ${name}`, () => {
    const clock = { now: Date.parse('2023-06-12T02:00:00.000Z') };
    let fixture: EventLogFixture;
    let under: CommandsUnderTest;
    let keys = 0;
    jest.setTimeout(30_000 + 30 * commands);
    beforeAll(async () => {
      fixture = await make(() => clock.now);
    });
    afterAll(() => fixture.close());
    beforeEach(() => {
      const log = new BrokenLog(() => fixture.log);
      const programme = freshProgramme();
      const counter = (code = 'main') => streamName('counter', programme, code);
      under = {
        log,
        clock,
        programme,
        commands,
        counter,
        runner: (options) =>
          new CommandRunner({
            log,
            deciders: toyDeciders,
            catalogue: toyCatalogue,
            clock: () => clock.now,
            ...options,
          }),
        submission: (type, body, more) => ({
          type,
          stream: type === 'SetLimit' ? streamName('limit', programme) : counter(),
          body,
          key: `key-${String(++keys)}`,
          actor: { subject: 'u-1', role: 'office' },
          correlationId: 'request-1',
          ...more,
        }),
        reopen: () => fixture.reopen(),
        settled: () => fixture.settled(),
      };
    });

    const get = () => under;
    const tests = { ...stepTests(get), ...retryTests(get), ...modelTests(get), ...deliveryTests(get) };
    contractTests(tests, skips);
  });
}
