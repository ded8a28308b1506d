import type { Clock } from '@jejak/core';
import { runCommandContract } from '@jejak/core/testing';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteLog } from './log';

/** The engine on the real files. All of the 10,000 commands are delivered with JEJAK_TEST_COMMANDS=10000. */
const commands = Number(process.env.JEJAK_TEST_COMMANDS ?? 1_000);

runCommandContract(
  'SQLite',
  async (clock: Clock) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-commands-'));
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
  },
  { commands },
);
