import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerName } from '../../support/servers';
import type { Fault } from '../registry';
import type { Installation } from './installation';
import { type Trouble, underLoad } from './under-load';

const SHARE = 3;

/** Milliseconds that a server is away: in a share, and in full. */
const SHORT = 3_000;
const LONG = 60_000;

function killed(name: ServerName, lasts: number): Trouble {
  return {
    name: `${name} killed`,
    async make({ servers }: Installation) {
      const { server } = servers[name];
      await server.kill();
      await sleep(lasts);
      await server.restart();
    },
  };
}

function cutOff(name: ServerName, lasts: number): Trouble {
  return {
    name: `${name} cut off`,
    async make({ servers }: Installation) {
      const { proxy } = servers[name];
      proxy.refuse();
      await sleep(lasts);
      proxy.heal();
    },
  };
}

/** What it lost of its last second must come back though nothing happens any more. */
const LOST_AT_REST: Trouble = {
  name: 'mongodb killed right after the last command',
  async make({ servers }, load) {
    await load.stop();
    await servers.mongodb.server.kill();
    await servers.mongodb.server.restart();
  },
};

function troubles(lasts: number): readonly Trouble[] {
  return [
    killed('eventstoredb', lasts),
    cutOff('mongodb', lasts),
    killed('kafka', lasts),
    cutOff('eventstoredb', lasts),
    killed('mongodb', lasts),
    cutOff('kafka', lasts),
    LOST_AT_REST,
  ];
}

export const faults: readonly Fault[] = [
  {
    name: 'each server killed or cut off, for a minute under load: answers are honest, nothing is lost, views catch up by themselves',
    counts: { full: 14, share: SHARE },
    tools: ['kafka', 'mongodb', 'eventstoredb'],
    run: (count) => {
      const all = troubles(count > SHARE ? LONG : SHORT);
      return underLoad(count, (n) => all[n % all.length] as Trouble);
    },
  },
];
