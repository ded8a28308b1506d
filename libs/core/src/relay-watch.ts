import { type BlockStore, BlockStoreMoved } from './ports/block-store';
import { before } from './token';

/**
 * Sees whether the blocks are where the relay left them. One that has nothing to write would not notice that they came
 * back older than they were, and what they lost would be missing until the next event.
 */
export class RelayWatch {
  private position: string | undefined;
  private indexes: ReadonlyMap<string, number> = new Map();

  private constructor(private readonly blocks: BlockStore) {}

  /**
   * Begins from how the blocks are now.
   *
   * @throws what the store throws
   */
  static async begin(blocks: BlockStore): Promise<RelayWatch> {
    const watch = new RelayWatch(blocks);
    await watch.verify();
    return watch;
  }

  /** The relay has relayed everything up to a position, and said so in its checkpoint. */
  relayed(position: string): void {
    if (this.position === undefined || before(this.position, position)) this.position = position;
  }

  /** @throws BlockStoreMoved where they are behind: run the relay again; what the store throws */
  async verify(): Promise<void> {
    // As they are before the store is asked: the relay may write meanwhile.
    const { position, indexes } = this;
    const checkpoint = await this.blocks.checkpoint();
    if (position !== undefined && (checkpoint === undefined || before(checkpoint.position, position)))
      throw new BlockStoreMoved(`the checkpoint is behind ${position}`);
    const kept = new Map((await this.blocks.heads()).map(({ programme, index }) => [programme, index]));
    for (const [programme, index] of indexes) {
      if ((kept.get(programme) ?? -1) < index)
        throw new BlockStoreMoved(`the blocks of ${programme} are behind ${String(index)}`);
    }
    this.indexes = kept;
    if (checkpoint !== undefined) this.relayed(checkpoint.position);
  }
}
