import {
  type MakeEventLog,
  type MakeViewStore,
  runCommandContract,
  runProcessContract,
  runViewContract,
} from '@jejak/core/testing';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteLog } from './log';
import { SqliteViewStore } from './view-store';

/** The engine on the real files: here a share; all of it with JEJAK_TEST_COMMANDS=10000 JEJAK_TEST_SERIES=1000. */
const commands = Number(process.env.JEJAK_TEST_COMMANDS ?? 1_000);
const series = Number(process.env.JEJAK_TEST_SERIES ?? 20);

const makeLog: MakeEventLog = async (clock) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-engine-'));
  const open = () => SqliteLog.open({ file: path.join(directory, 'log.db'), clock });
  const fixture = {
    log: open(),
    reopen: async () => {
      await fixture.log.close();
      fixture.log = open();
    },
    settled: async () => undefined,
    close: async () => {
      await fixture.log.close();
      fs.rmSync(directory, { recursive: true });
    },
  };
  return fixture;
};

const makeStore: MakeViewStore = async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-engine-'));
  const file = path.join(directory, 'views.db');
  const open = () => SqliteViewStore.open({ file });
  let backups = 0;
  const whileClosed = async (work: () => void) => {
    await fixture.store.close();
    work();
    fixture.store = open();
  };
  const fixture = {
    store: open(),
    reopen: () => whileClosed(() => undefined),
    backup: async () => {
      const kept = `${file}.${String(++backups)}`;
      await whileClosed(() => fs.copyFileSync(file, kept));
      return () => whileClosed(() => fs.copyFileSync(kept, file));
    },
    close: async () => {
      await fixture.store.close();
      fs.rmSync(directory, { recursive: true });
    },
  };
  return fixture;
};

runCommandContract('SQLite', makeLog, { commands });
runViewContract('SQLite', makeLog, makeStore, {
  series,
  skips: {
    'two releases that fold at once, each its own version of a view, leave each other alone':
      'on one machine one release runs at a time, and has room for one version',
  },
});
runProcessContract('SQLite', makeLog, makeStore);
