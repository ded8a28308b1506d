import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DataDirectoryLock, DataDirectoryLocked } from './lock';

const root = path.resolve(__dirname, '../../../..');
const HOLDER = `
  const { DataDirectoryLock } = require(${JSON.stringify(path.join(__dirname, 'lock.ts'))});
  try {
    DataDirectoryLock.acquire(process.argv[1]);
    setInterval(() => undefined, 1000);
    // What holds the lock must not depend on what the garbage collector sees.
    setTimeout(() => {
      globalThis.gc();
      setTimeout(() => console.log('held'), 50);
    }, 50);
  } catch (error) {
    console.log(error.message);
  }
`;

describe('the lock of a data directory', () => {
  let directory: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-lock-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    fs.rmSync(directory, { recursive: true });
  });

  /** A process that tries to hold the directory, and what it said. */
  const holder = async (): Promise<{ readonly child: ChildProcess; readonly said: string }> => {
    const register = path.join(root, 'test/support/register.cjs');
    const child = spawn(process.execPath, ['--expose-gc', '-r', register, '-e', HOLDER, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, said: said.toString().trim() };
  };

  /** What the attempt to hold it says. */
  const attempt = (): DataDirectoryLocked | undefined => {
    try {
      DataDirectoryLock.acquire(directory).release();
      return undefined;
    } catch (error) {
      if (error instanceof DataDirectoryLocked) return error;
      throw error;
    }
  };

  it('is held against another process, whose number is named, and ends when that is killed', async () => {
    const { child, said } = await holder();
    expect(said).toBe('held');
    expect(attempt()).toMatchObject({ code: 'data-directory-locked', directory, pid: child.pid });
    expect(attempt()?.message).toBe(
      `The data directory ${directory} is in use by process ${String(child.pid)}. ` +
        'Stop that process first, or use another directory.',
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(attempt()).toBeUndefined();
  });

  it('is held by this process against another until it is released', async () => {
    const lock = DataDirectoryLock.acquire(directory);
    expect((await holder()).said).toContain(`in use by process ${String(process.pid)}`);
    lock.release();
    lock.release();
    expect((await holder()).said).toBe('held');
  });

  it('is held within one process too', () => {
    const lock = DataDirectoryLock.acquire(directory);
    expect(attempt()).toMatchObject({ pid: process.pid });
    lock.release();
    expect(attempt()).toBeUndefined();
  });

  it('is of one directory only', () => {
    const other = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-lock-'));
    const locks = [DataDirectoryLock.acquire(directory), DataDirectoryLock.acquire(other)];
    for (const lock of locks) lock.release();
    fs.rmSync(other, { recursive: true });
  });

  it('says so when nobody knows who holds it', () => {
    const lock = DataDirectoryLock.acquire(directory);
    fs.writeFileSync(path.join(directory, 'lock.pid'), '');
    expect(attempt()?.message).toContain('in use by another process');
    lock.release();
  });

  it('fails plainly for a directory that is not there', () => {
    expect(() => DataDirectoryLock.acquire(path.join(directory, 'nowhere'))).toThrow(/directory/);
  });
});
