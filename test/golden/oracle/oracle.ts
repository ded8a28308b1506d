import { agree, compareSomewhere } from './compare';
import { fold, foldInPages, textOf } from './folds';
import { randomHistory } from './history';

/** What a run went through. */
export interface Counts {
  readonly histories: number;
  readonly events: number;
  /** folds in pages that were held against a fold in one */
  readonly folds: number;
  /** answers that were held against their definitions */
  readonly compared: number;
}

const WISHES = 120;
const PLACES = 4;

/**
 * Random valid histories: views folded whole, and in pages of any size with some pages twice, are the same; what they
 * answer for random `knownAt` and `cutOff` is what the brute-force definitions say.
 *
 * @param histories how many
 * @param seed the first history's; the others follow
 * @throws Error, with the seed, where anything differs
 */
export function runHistories(histories: number, seed = 1): Counts {
  let [events, folds, compared] = [0, 0, 0];
  for (let n = seed; n < seed + histories; n++) {
    try {
      const maker = randomHistory(n, WISHES);
      events += maker.world.events.length;
      folds += agree(
        'pages',
        foldInPages(maker.world.events, maker.random),
        textOf(fold(maker.world.events)),
      );
      for (let place = 0; place < PLACES; place++) compared += compareSomewhere(maker);
    } catch (error) {
      throw new Error(`history of seed ${String(n)}: ${(error as Error).message}`, { cause: error });
    }
  }
  return { histories, events, folds, compared };
}
