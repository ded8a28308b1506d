import { agree, compareSomewhere } from './compare';
import { fold, foldInPages, textOf } from './folds';
import { randomHistory } from './history';

/** What a run went through. */
export interface Counts {
  readonly [what: string]: number;
}

const WISHES = 120;
const PLACES = 4;

/**
 * Random valid histories: views folded whole, in pages of any size and some pages twice, are the same; what they answer
 * for random `knownAt` and `cutOff` is what the brute-force definitions say.
 *
 * @param histories how many
 * @param seed the first history's; the others follow
 * @throws Error, with the seed, where anything differs
 */
export function runHistories(histories: number, seed = 1): Counts {
  let [events, compared, folds] = [0, 0, 0];
  for (let n = 0; n < histories; n++) {
    try {
      const maker = randomHistory(seed + n, WISHES);
      events += maker.world.events.length;
      folds += agree(
        'folded in pages',
        foldInPages(maker.world.events, maker.random),
        textOf(fold(maker.world.events)),
      );
      for (let place = 0; place < PLACES; place++) compared += compareSomewhere(maker);
    } catch (error) {
      throw new Error(`history of seed ${String(seed + n)}: ${(error as Error).message}`, { cause: error });
    }
  }
  return { histories, events, folds, compared };
}
