import { Maker, type Wishes } from './maker';
import { Random } from './random';
import { actionWishes } from './wishes-action';
import { budgetWishes, csrWishes } from './wishes-money';
import { phaseWishes, programmeWishes } from './wishes-programme';

const ALL: Wishes = { ...actionWishes, ...budgetWishes, ...csrWishes, ...phaseWishes, ...programmeWishes };
const WEIGHTS = Object.fromEntries(Object.entries(ALL).map(([name, [weight]]) => [name, weight]));

/**
 * One random valid history: random wishes in a random order, of random dates, and what the rules let happen of them.
 *
 * @param wishes how many things are wished for
 */
export function randomHistory(seed: number, wishes: number): Maker {
  const maker = new Maker(new Random(seed));
  for (let n = 0; n < wishes; n++) {
    maker.wait();
    ALL[maker.random.weighted(WEIGHTS)]?.[1](maker);
  }
  return maker;
}
