import { EvidenceDamaged, type EvidenceStore } from '@jejak/core';

/** What became of the files that a programme's events name. */
export interface CopiedEvidence {
  readonly copied: number;
  /** there before */
  readonly there: number;
  /** digests of files that the source does not have, or not any more as they were */
  readonly missing: readonly string[];
  readonly damaged: readonly string[];
}

/** Copies files of evidence that the target has not, each held against its digest while it is read. */
export async function copyEvidence(
  programme: string,
  digests: ReadonlySet<string>,
  source: EvidenceStore,
  target: EvidenceStore,
  onProgress: (done: number, total: number) => void,
): Promise<CopiedEvidence> {
  const missing: string[] = [];
  const damaged: string[] = [];
  let copied = 0;
  let there = 0;
  let done = 0;
  for (const digest of digests) {
    onProgress(done++, digests.size);
    if ((await target.about(programme, digest)) !== undefined) {
      there++;
      continue;
    }
    const about = await source.about(programme, digest);
    const content = await source.read(programme, digest);
    if (about === undefined || content === undefined) {
      missing.push(digest);
      continue;
    }
    const { mediaType, name } = about;
    try {
      await target.put(programme, content, {
        ...{ mediaType, limit: Number.MAX_SAFE_INTEGER },
        ...(name !== undefined && { name }),
      });
      copied++;
    } catch (error) {
      if (!(error instanceof EvidenceDamaged)) throw error;
      damaged.push(digest);
    }
  }
  onProgress(done, digests.size);
  return { copied, there, missing, damaged };
}
