import fs from 'node:fs';
import readline from 'node:readline';

/** What a system-call trace of the writer says about when it acknowledged. */
export interface TraceReading {
  readonly acknowledged: number;
  /** acknowledgements of commands that the disk had not been told to keep */
  readonly early: readonly string[];
  /** fsync or fdatasync of the write-ahead log */
  readonly syncs: number;
  /** whether strace made a call fail */
  readonly injected: boolean;
}

/** How strace writes what `readTrace` reads: whole pages, with the names of files. */
export function traceArguments(file: string): readonly string[] {
  return ['--seccomp-bpf', '-y', '-s', '16384', '-e', 'trace=fdatasync,fsync,write,pwrite64', '-o', file];
}

const CALL = /^\d+ +(\w+)\(\d+<([^>]*)>(.*)$/;
const RESUMED = /^(\d+) +<\.\.\. (fsync|fdatasync) resumed>\) += (-?\d+)/;
const COMMAND = /commandId\\":\\"([0-9a-f-]{36})/g;
const ACK = /^, "ack ([0-9a-f-]{36})\\n"/;

/**
 * Follows each command through the trace: its events are written to `log.db-wal`, that file is synced, the
 * acknowledgement is written. An acknowledgement whose command was not yet written, or written and not synced since,
 * is early.
 */
export async function readTrace(file: string): Promise<TraceReading> {
  const written = new Set<string>();
  const durable = new Set<string>();
  const early: string[] = [];
  const unfinished = new Map<string, boolean>();
  let acknowledged = 0;
  let syncs = 0;
  let injected = false;
  const synced = (): void => {
    syncs++;
    for (const command of written) durable.add(command);
    written.clear();
  };
  for await (const line of readline.createInterface({
    input: fs.createReadStream(file),
    crlfDelay: Infinity,
  })) {
    if (line.endsWith('(INJECTED)')) injected = true;
    const resumed = RESUMED.exec(line);
    if (resumed !== null) {
      const [, thread = '', , result] = resumed;
      if (unfinished.get(thread) === true && result === '0') synced();
      unfinished.delete(thread);
      continue;
    }
    const [, call, path = '', rest = ''] = CALL.exec(line) ?? [];
    const isWal = path.endsWith('/log.db-wal');
    if (call === 'pwrite64' && isWal) {
      for (const [, command = ''] of rest.matchAll(COMMAND)) if (!durable.has(command)) written.add(command);
    } else if (call === 'fsync' || call === 'fdatasync') {
      if (rest.includes('<unfinished')) unfinished.set(line.slice(0, line.indexOf(' ')), isWal);
      else if (isWal && /= 0$/.test(rest)) synced();
    } else if (call === 'write' && path.endsWith('/acks')) {
      const [, command = ''] = ACK.exec(rest) ?? [];
      if (command === '') continue;
      acknowledged++;
      if (!durable.has(command)) early.push(command);
    }
  }
  return { acknowledged, early, syncs, injected };
}
