import { BlockStoreMoved } from './ports/block-store';
import { RelayWatch } from './relay-watch';
import { runRelay } from './run-relay';
import { MemoryBlocks } from './testing/memory-blocks';
import { MemoryLog } from './testing/memory-log';
import { freshProgramme, newEvent, streamOf } from './testing/log-fixture';

describe('the watch over the blocks of a relay that has nothing to write', () => {
  const programme = freshProgramme();
  let log: MemoryLog;
  let blocks: MemoryBlocks;
  const append = (code: string) => log.append(streamOf(programme, code), -1, [newEvent(programme)]);

  beforeEach(() => {
    log = new MemoryLog(Date.now);
    blocks = new MemoryBlocks();
  });

  /** Relays what the log has; gives the position. */
  async function relay(): Promise<string> {
    const ending = new AbortController();
    let last = '';
    const onRelayed = (_: number, position: string): void => {
      last = position;
      ending.abort();
    };
    const publisher = { publish: async () => undefined, close: async () => undefined };
    await runRelay({ log, blocks, publisher, onRelayed }, ending.signal);
    return last;
  }

  it('finds nothing while they are where they were, or further', async () => {
    await append('a');
    await relay();
    const watch = await RelayWatch.begin(blocks);
    await watch.verify();
    await append('b');
    watch.relayed(await relay());
    await watch.verify();
  });

  it('finds that they came back older, though it never saw them newer', async () => {
    await append('a');
    await relay();
    const restore = blocks.backup();
    const watch = await RelayWatch.begin(blocks);
    await append('b');
    watch.relayed(await relay());
    restore();
    await expect(watch.verify()).rejects.toThrow(BlockStoreMoved);
  });

  it('finds that they came back empty', async () => {
    const restore = blocks.backup();
    await append('a');
    await relay();
    const watch = await RelayWatch.begin(blocks);
    restore();
    await expect(watch.verify()).rejects.toThrow(BlockStoreMoved);
  });

  it('finds that they lost events, and the checkpoint did not', async () => {
    await append('a');
    await append('b');
    await relay();
    const watch = await RelayWatch.begin(blocks);
    blocks.lose(programme, 1);
    await expect(watch.verify()).rejects.toThrow(BlockStoreMoved);
  });
});
