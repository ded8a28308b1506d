import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A measured figure beside the baseline of the same run, and what it should be. */
export interface Row {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
  readonly goal: string;
  readonly holds: boolean;
}

/** How large the run is: 1 is the whole, less is for trying out. */
export interface Scale {
  readonly events: number;
  readonly smallEvents: number;
  readonly appends: number;
  readonly seconds: number;
}

/** A row whose ratio must be at least, or at most, a number. */
export function row(
  id: string,
  value: number,
  unit: string,
  baseline: number,
  goal: { readonly least?: number; readonly most?: number; readonly also?: boolean; readonly text?: string },
): Row {
  const ratio = value / baseline;
  const { least, most, also = true, text = '' } = goal;
  const holds = also && (least === undefined || ratio >= least) && (most === undefined || ratio <= most);
  const bound = least === undefined ? `<= ${String(most)}` : `>= ${String(least)}`;
  return { id, value, unit, baseline, ratio, goal: `${bound}${text}`, holds };
}

/** Seconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** Runs work with a directory of its own, and removes it. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-bench-'));
  try {
    return await work(directory);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/** Shares out n pieces of work among writers that each wait for one before they take the next. */
export async function writers(
  count: number,
  pieces: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (next < pieces) await work(next++);
    }),
  );
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * The suites of those names, or all.
 *
 * @throws Error naming the suites there are
 */
export function chosen<T>(
  suites: Readonly<Record<string, T>>,
  names: readonly string[] = Object.keys(suites),
): readonly T[] {
  return names.map((name) => {
    const suite = suites[name];
    if (suite === undefined)
      throw new Error(`there is no suite ${name}; there are ${Object.keys(suites).join(', ')}`);
    return suite;
  });
}
