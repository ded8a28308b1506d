import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../registry';
import type { Installation } from './installation';
import type { Program } from './program';
import { type Trouble, underLoad } from './under-load';

/** Milliseconds within which a program is killed, and within which it is started again. */
const SOON = 1_500;

/** Milliseconds within which another relay takes over. */
const TAKEOVER = 20_000;

/** One of our programs killed at any moment, and started again. */
function killed(n: number): Trouble {
  return {
    name: `kill ${String(n)}`,
    async make(installation) {
      const { programs } = installation;
      const program = programs[n % programs.length] as Program;
      await sleep(Math.random() * SOON);
      await program.end('SIGKILL');
      await sleep(Math.random() * SOON);
      program.start();
      await installation.isUpAgain(program);
    },
  };
}

/**
 * The active relay is held until the other one has taken over, and then goes on where it was: for a while both believe
 * that it is their turn.
 */
const TWO_RELAYS: Trouble = {
  name: 'two relays at once',
  async make({ relays }: Installation) {
    const latestFirst = [...relays].sort((a, b) => b.saidAt('ready') - a.saidAt('ready'));
    for (const held of latestFirst) {
      const others = relays.filter((relay) => relay !== held);
      held.signal('SIGSTOP');
      try {
        if (await takesOver(others)) {
          await sleep(Math.random() * SOON);
          return;
        }
      } finally {
        held.signal('SIGCONT');
      }
    }
    throw new Error('no relay takes over from another one');
  },
};

/** Whether one of them has its turn from now on. It need not: the one that is held may just have lost it. */
async function takesOver(relays: readonly Program[]): Promise<boolean> {
  const began = Date.now();
  while (Date.now() - began < TAKEOVER) {
    if (relays.some((relay) => relay.saidAt('ready') >= began)) return true;
    await sleep(50);
  }
  return false;
}

/** Of so many troubles one is that of the relays. */
const RELAYS = 4;

export const faults: readonly Fault[] = [
  {
    name: 'apis, relays and workers killed at any moment, and two relays that both believe to be active, under load: the same',
    counts: { full: 80, share: 2 },
    tools: ['kafka', 'mongodb', 'eventstoredb'],
    run: (count) => underLoad(count, (n) => (n % RELAYS === 0 ? TWO_RELAYS : killed(n))),
  },
];
