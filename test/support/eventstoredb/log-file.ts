import fs from 'node:fs';
import type { Kept } from './record';

/** One line for each write, whole or not at all: what a SIGKILL leaves is what was answered, and perhaps one more. */
export class LogFile {
  private readonly handle: number;

  private constructor(
    file: string,
    private end: number,
  ) {
    this.handle = fs.openSync(file, fs.existsSync(file) ? 'r+' : 'w');
    fs.ftruncateSync(this.handle, end);
  }

  /** Opens the file, and makes it where there is none; gives the writes that it holds, in order. */
  static open(file: string): { readonly log: LogFile; readonly writes: readonly (readonly Kept[])[] } {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    // A line without its end was being written.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const writes = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as readonly Line[]).map(fromLine));
    return { log: new LogFile(file, Buffer.byteLength(whole)), writes };
  }

  write(events: readonly Kept[]): void {
    const line = Buffer.from(`${JSON.stringify(events.map(toLine))}\n`);
    fs.writeSync(this.handle, line, 0, line.length, this.end);
    this.end += line.length;
  }

  close(): void {
    fs.closeSync(this.handle);
  }
}

type Line = Omit<Kept, 'data' | 'metadata'> & { readonly data: string; readonly metadata: string };

function toLine(event: Kept): Line {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { ...event, data: base64(event.data), metadata: base64(event.metadata) };
}

function fromLine(line: Line): Kept {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
  return { ...line, data: bytes(line.data), metadata: bytes(line.metadata) };
}
