import { percentile, row, type Row, say, timed } from '../measure';
import { freshEvents, shared } from './events';
import type { Pipeline } from './pipeline';

const WRITERS = 64;
const ROUNDS = 3;

/** Events a second, from the first append until the last is visible. */
async function rate(pipeline: Pipeline, count: number): Promise<number> {
  const events = freshEvents(count);
  const seconds = await timed(async () => {
    await Promise.all(
      shared(events, WRITERS).map(async (own) => {
        for (const event of own) await pipeline.append(event);
      }),
    );
    await pipeline.visible(events);
  });
  return count / seconds;
}

/** Events from append to visible in all views, by turns: what else happens on the machine meets both. */
export async function throughputRows(ours: Pipeline, raw: Pipeline, count: number): Promise<Row[]> {
  say(`relay-to-view: ${String(WRITERS)} writers, ${String(ROUNDS)} rounds of ${String(count)} events`);
  const rates: [number[], number[]] = [[], []];
  for (const pipeline of [ours, raw]) await rate(pipeline, count / 4);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [n, pipeline] of [ours, raw].entries()) rates[n]?.push(await rate(pipeline, count));
  }
  const [own = NaN, baseline = NaN] = rates.map((each) => percentile(each, 0.5));
  say(`  ours ${rates[0].map(Math.round).join(' ')}, raw ${rates[1].map(Math.round).join(' ')}`);
  return [row('relay-to-view', own, 'events/s', baseline, { least: 0.6, text: ' of the raw clients' })];
}
