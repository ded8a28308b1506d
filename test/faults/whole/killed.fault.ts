import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../registry';
import { type Installation, READY } from './installation';
import { type Trouble, underLoad } from './under-load';

/** Milliseconds within which a program is killed, and within which it is started again. */
const SOON = 1_500;

/** One of our programs killed at any moment, and started again. */
function killed(n: number): Trouble {
  return {
    name: `kill ${String(n)}`,
    async make({ programs }) {
      const program = programs[n % programs.length];
      await sleep(Math.random() * SOON);
      await program?.end('SIGKILL');
      await sleep(Math.random() * SOON);
      program?.start();
    },
  };
}

/**
 * The active relay is held until the other one has taken over, and then goes on where it was: for a while both believe
 * that it is their turn.
 */
const TWO_RELAYS: Trouble = {
  name: 'two relays at once',
  async make(installation: Installation) {
    const active = await installation.activeRelay();
    const other = installation.relays.find((relay) => relay !== active);
    other?.forget();
    active.signal('SIGSTOP');
    try {
      await other?.says(READY);
      // It has written and published what the held one had in hand.
      await sleep(Math.random() * SOON);
    } finally {
      active.signal('SIGCONT');
    }
    active.forget();
    await sleep(SOON);
  },
};

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
