import { contractTests, type Skips } from './contract';
import type { MakeEventLog } from './log-fixture';
import { foldingTests } from './run-view.folding';
import { lifecycleTests } from './run-view.lifecycle';
import { movedTests } from './run-view.moved';
import { sharingTests } from './run-view.sharing';
import { stopTests } from './run-view.stops';
import { type ViewsUnderTest, viewsUnderTest } from './views-fixture';
import type { MakeViewStore } from './view-store.contract';

export interface RunViewContractOptions {
  readonly skips?: Skips;
  /** random series of batches, restarts and crashes; 100 when undefined */
  readonly series?: number;
}

/** Everything that run-view promises (design 3, 'Views'), on a log and a view store. */
export function runViewContract(
  name: string,
  makeLog: MakeEventLog,
  makeStore: MakeViewStore,
  { skips, series = 100 }: RunViewContractOptions = {},
): void {
  describe(`run-view on the stores of ${name}`, () => {
    jest.setTimeout(30_000 + 300 * series);
    let under: ViewsUnderTest;
    let close = async (): Promise<void> => undefined;
    const fresh = async (): Promise<ViewsUnderTest> => {
      await close();
      const log = await makeLog(() => 0);
      const store = await makeStore();
      close = async () => {
        close = async () => undefined;
        await store.close();
        await log.close();
      };
      return viewsUnderTest(log, store, series, fresh);
    };
    beforeEach(async () => {
      under = await fresh();
    });
    afterEach(() => close());

    const get = () => under;
    contractTests(
      {
        ...foldingTests(get),
        ...stopTests(get),
        ...lifecycleTests(get),
        ...movedTests(get),
        ...sharingTests(get),
      },
      skips,
    );
  });
}
