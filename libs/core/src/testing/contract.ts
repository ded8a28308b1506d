/** The tests of a contract by name; a name says what the port promises. */
export interface ContractTests {
  readonly [promise: string]: () => Promise<void>;
}

/** Promises that an adapter cannot keep, by the name of their test, each with the reason. */
export interface Skips {
  readonly [promise: string]: string;
}

/**
 * Registers the tests of a contract.
 *
 * @throws Error for a skip that names no test, so that none outlives its test
 */
export function contractTests(tests: ContractTests, skips: Skips = {}): void {
  for (const name of Object.keys(skips)) {
    if (!(name in tests)) throw new Error(`the contract has no test "${name}" to skip`);
  }
  for (const [name, test] of Object.entries(tests)) {
    const reason = skips[name];
    // Skipped only where an adapter names the promise and says why it cannot keep it; the reason stands in the report.
    if (reason === undefined) it(name, test);
    else it.skip(`${name} (${reason})`, test);
  }
}
