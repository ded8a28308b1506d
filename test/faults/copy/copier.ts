import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import { DirectoryEvidence, SqliteCredentials } from '@jejak/adapters/sqlite';
import { MemoryBlocks } from '@jejak/core/testing';
import fs from 'node:fs';
import path from 'node:path';
import { copyBetween } from '../../../libs/runtime/src/copy-log/copy-log';
import { openSide, type Side } from '../../../libs/runtime/src/copy-log/side';

/** An installation in a directory; with its log in EventStoreDB, where it has an address. */
export interface Where {
  readonly directory: string;
  readonly eventStoreUrl?: string;
}

export interface CopierGiven {
  readonly programme: string;
  readonly from: Where;
  readonly to: Where;
}

/** Opens an installation as the program does, but for what is shorter here: how long answers and gates are waited for. */
export async function openWhere(
  { directory, eventStoreUrl }: Where,
  use: 'read' | 'shut' | 'write',
): Promise<Side> {
  if (eventStoreUrl === undefined) return openSide({ kind: 'directory', directory }, use);
  fs.mkdirSync(directory, { recursive: true });
  const log = await EventStoreLog.open({
    ...{ connectionString: eventStoreUrl, clock: Date.now, reader: new MemoryBlocks() },
    ...{ patience: 1_000, gateMemory: 50 },
  });
  const credentials = SqliteCredentials.open({ file: path.join(directory, 'accounts.db') });
  return {
    ...{ log, credentials },
    evidence: DirectoryEvidence.open({ directory: path.join(directory, 'evidence') }),
    close: async () => {
      await credentials.close();
      await log.close();
    },
  };
}

/** Moves the programme, or what is left to move. Gives what it comes to, or why it did not. */
export async function move({ programme, from, to }: CopierGiven): Promise<string> {
  const opened: Side[] = [];
  try {
    const source = await openWhere(from, 'shut');
    opened.push(source);
    const target = await openWhere(to, 'write');
    opened.push(target);
    const { ready, events } = await copyBetween(source, target, { programme, finish: true });
    return `done ${String(ready)} ${String(events)}`;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return `failed ${code ?? ''} ${message.replaceAll('\n', ' ')}`;
  } finally {
    for (const each of opened) await each.close();
  }
}

if (require.main === module) {
  process.stdout.write('begins\n');
  void move(JSON.parse(process.argv[2] ?? '') as CopierGiven).then((said) =>
    process.stdout.write(`${said}\n`),
  );
}
