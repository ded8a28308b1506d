import { SingleBar } from 'cli-progress';

/** Shows how far something has come: a bar where somebody watches, else a line every few seconds. */
export interface Progress {
  update(what: string, done: number, total: number): void;
  stop(): void;
}

/** Between two lines where nobody watches, in milliseconds; and between two looks at a bar. */
const LINES = 5_000;
const REDRAWS = 100;

export function progressOn(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? new Bar(stream) : new Lines(stream);
}

/** Shows progress while something goes on. */
export async function watched<T>(
  work: (update: (what: string, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const progress = progressOn();
  try {
    return await work((what, done, total) => progress.update(what, done, total));
  } finally {
    progress.stop();
  }
}

class Bar implements Progress {
  private readonly bar: SingleBar;
  private what = '';
  private last = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.bar = new SingleBar({
      stream,
      format: '{what} |{bar}| {percentage} % · {value}/{total} · {eta_formatted}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
    });
  }

  update(what: string, done: number, total: number): void {
    const now = performance.now();
    if (this.what !== what) {
      if (this.what !== '') this.bar.stop();
      this.bar.start(total, done, { what });
    } else if (now - this.last < REDRAWS && done < total) return;
    this.what = what;
    this.last = now;
    this.bar.setTotal(total);
    this.bar.update(done, { what });
  }

  stop(): void {
    if (this.what !== '') this.bar.stop();
    this.what = '';
  }
}

class Lines implements Progress {
  private last = performance.now();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  update(what: string, done: number, total: number): void {
    const now = performance.now();
    if (now - this.last < LINES) return;
    this.last = now;
    this.stream.write(`${what}: ${String(done)}/${String(total)}\n`);
  }

  stop(): void {
    return;
  }
}
