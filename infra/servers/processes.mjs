// Processes that outlive the one that starts them, known by their pid; and locks between those who start them.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 60_000;

/** What the system says of a process (proc(5), from its state on); undefined where it does not. */
function statOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  } catch {
    return undefined;
  }
}

/** Whether the process runs. One that has ended, and whose parent has not noticed yet, does not. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  const stat = statOf(pid);
  // The first thread ends first: until the last one has, ports are held.
  return stat === undefined || stat[0] !== 'Z' || Number(stat[17]) > 1;
}

/** What tells this process from a later one with the same pid; empty where the system does not say. */
export const birthOf = (pid) => statOf(pid)?.[19] ?? '';

/** Does the work while no other process does; a lock that a dead process left is taken over. */
export async function locked(file, work) {
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 0);
    if (holder > 0 && !isAlive(holder)) fs.rmSync(file, { force: true });
    else await sleep(50);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/**
 * Starts a program that goes on when we end; what it prints goes to a log file in its directory.
 *
 * @param answers looks whether it answers: a value when it does, else undefined
 * @returns its pid, and what `answers` found
 */
export async function launch(directory, command, args, answers) {
  fs.mkdirSync(directory, { recursive: true });
  const log = path.join(directory, 'output.log');
  const output = fs.openSync(log, 'w');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', output, output] });
  fs.closeSync(output);
  let failed;
  child.on('error', (error) => (failed = error.message));
  child.on('exit', (code, signal) => (failed = `it ended with ${signal ?? code}`));
  const until = Date.now() + PATIENCE;
  for (;;) {
    const found = failed === undefined ? await answers(fs.readFileSync(log, 'utf8')) : undefined;
    if (found !== undefined) {
      child.unref();
      return { pid: child.pid, found };
    }
    if (failed !== undefined || Date.now() > until) {
      child.kill('SIGKILL');
      const why = failed ?? `it did not answer within ${PATIENCE / 1000} s`;
      throw new Error(`${path.basename(directory)}: ${why}\n${fs.readFileSync(log, 'utf8').slice(-4000)}`);
    }
    await sleep(50);
  }
}

/** Ends the process with that pid, and resolves when it is gone. */
export async function end(pid, signal = 'SIGTERM') {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  const until = Date.now() + 10_000;
  while (isAlive(pid)) {
    if (Date.now() > until) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
}

/** A port of the loopback interface that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
