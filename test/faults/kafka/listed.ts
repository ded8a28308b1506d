import type { Head, ProgrammeEvent, ProgrammeReader } from '@jejak/core';

/** Reads programmes' events from lists of them. */
export abstract class Listed implements ProgrammeReader {
  protected abstract programmes(): Iterable<string>;
  protected abstract of(programme: string): readonly ProgrammeEvent[];

  async head(programme: string): Promise<Head | undefined> {
    const last = this.of(programme).at(-1);
    return last && { programme, index: last.index, position: last.position };
  }

  async heads(): Promise<readonly Head[]> {
    const heads = await Promise.all([...this.programmes()].map((programme) => this.head(programme)));
    return heads.filter((head) => head !== undefined);
  }

  async *readProgramme(
    programme: string,
    fromIndex: number,
    toIndex = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly ProgrammeEvent[]> {
    const page = this.of(programme).slice(fromIndex, toIndex + 1);
    if (page.length > 0) yield structuredClone(page);
  }
}
