import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerName } from '../../support/servers';
import type { Fault } from '../registry';
import { type Trouble, underLoad } from './under-load';

const SHARE = 1;

/** Milliseconds that it lasts: in a share, and in full. */
const SHORT = 3_000;
const LONG = 30_000;

/** Milliseconds that everything takes longer, each way: an answer takes twice as long. */
const DELAY = 1_000;

/** Connections stay open, and nobody hears of anything; what was said comes when it is over. */
function silent(name: ServerName, lasts: number): Trouble {
  return {
    name: `${name} half open`,
    async make({ servers }) {
      servers[name].proxy.halfOpen();
      await sleep(lasts);
      servers[name].proxy.heal();
    },
  };
}

function slow(name: ServerName, lasts: number): Trouble {
  return {
    name: `${name} slow`,
    async make({ servers }) {
      servers[name].proxy.delay(DELAY);
      await sleep(lasts);
      servers[name].proxy.heal();
    },
  };
}

const NAMES: readonly ServerName[] = ['eventstoredb', 'mongodb', 'kafka'];

export const faults: readonly Fault[] = [
  {
    name: 'connections to each server half open, or answering 2 s later, under load: the same',
    counts: { full: 12, share: SHARE },
    tools: NAMES,
    run: (count) => {
      const lasts = count > SHARE ? LONG : SHORT;
      const all = NAMES.flatMap((name) => [silent(name, lasts), slow(name, lasts)]);
      return underLoad(count, (n) => all[n % all.length] as Trouble);
    },
  },
];
