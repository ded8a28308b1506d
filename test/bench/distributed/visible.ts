import type { Config } from '@jejak/runtime/config';
import { openDistributed } from '@jejak/runtime/distributed';
import { type Actor, streamName } from '@jejak/core';
import { queries } from '@jejak/views';
import { AGENCY, disbursement, lineCode, setUpLines } from '../../support/budget-city';
import { cityYear } from '../history';
import { percentile, row, type Row, say } from '../measure';
import { freshProgramme } from './events';
import type { RawPipeline } from './raw';

/** Commands by turns, and those at the beginning that do not count. */
const TURN = 50;
const WARM_UP = 150;
const LINES = 20;

/** Gives commands n to m one after the other; milliseconds from each acknowledgement until it is visible. */
type Writer = (from: number, to: number) => Promise<number[]>;

async function ours(config: Config): Promise<{ write: Writer; close: () => Promise<void> }> {
  const jejak = await openDistributed(config);
  const programme = freshProgramme();
  await setUpLines(jejak.commands, LINES, programme);
  const actor: Actor = { subject: 'u-officer', role: 'officer', agency: AGENCY };
  const write: Writer = async (from, to) => {
    const times: number[] = [];
    for (let n = from; n < to; n++) {
      const code = lineCode(n % LINES);
      const { token } = await jejak.commands.run({
        type: 'DisburseBudget',
        stream: streamName('budget', programme, code),
        body: disbursement(n),
        key: `d${String(n)}`,
        actor,
        correlationId: 'bench',
      });
      const began = performance.now();
      await jejak.ask.answer({ query: queries.budgetLine, programme, params: { line: code }, after: token });
      times.push(performance.now() - began);
    }
    return times;
  };
  return { write, close: () => jejak.close() };
}

function raw(pipeline: RawPipeline, count: number): Writer {
  const events = [...cityYear(freshProgramme(), count)];
  return async (from, to) => {
    const times: number[] = [];
    for (const [n, event] of events.slice(from, to).entries()) {
      await pipeline.append(event);
      const began = performance.now();
      await pipeline.seen(event, from + n + 1);
      times.push(performance.now() - began);
    }
    return times;
  };
}

/** Milliseconds from the acknowledgement of a command until a reader sees it, of one writer. */
export async function visibleRows(config: Config, pipeline: RawPipeline, commands: number): Promise<Row[]> {
  say(`visible: one writer, ${String(commands)} commands`);
  const end = WARM_UP + commands;
  const own = await ours(config);
  try {
    const theirs = raw(pipeline, end);
    const times: [number[], number[]] = [[], []];
    for (let from = 0; from < end; from += TURN) {
      const to = Math.min(end, from + TURN);
      times[0].push(...(await own.write(from, to)));
      times[1].push(...(await theirs(from, to)));
    }
    return [0.5, 0.99].map((part) => {
      const [value = NaN, other = NaN] = times.map((each) => percentile(each.slice(WARM_UP), part));
      const id = `visible-p${String(part * 100)}`;
      return row(id, value, 'ms', other, { most: 1.5, text: ' x the raw clients' });
    });
  } finally {
    await own.close();
  }
}
