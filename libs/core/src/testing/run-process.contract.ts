import { contractTests, type Skips } from './contract';
import type { EventLogFixture, MakeEventLog } from './log-fixture';
import { type ProcessesUnderTest, processesUnderTest } from './processes-fixture';
import { answerTests } from './run-process.answers';
import { troubleTests } from './run-process.trouble';
import type { MakeViewStore, ViewStoreFixture } from './view-store.contract';

/** Everything that run-process promises, on a log and a view store. */
export function runProcessContract(
  name: string,
  makeLog: MakeEventLog,
  makeStore: MakeViewStore,
  skips: Skips = {},
): void {
  describe(`run-process on the stores of ${name}`, () => {
    let log: EventLogFixture;
    let store: ViewStoreFixture;
    let under: ProcessesUnderTest;
    beforeEach(async () => {
      log = await makeLog(() => 0);
      store = await makeStore();
      under = processesUnderTest(log, store);
    });
    afterEach(async () => {
      await store.close();
      await log.close();
    });

    const get = () => under;
    contractTests({ ...answerTests(get), ...troubleTests(get) }, skips);
  });
}
