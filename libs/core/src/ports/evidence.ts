/** A file that proves a report. Events hold its digest; the file and its name live here. */
export interface EvidenceFile {
  /** SHA-256 of the content, in hex */
  readonly digest: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** the name that the person gave it; a reference, so that it can be forgotten */
  readonly name?: string;
}

/** The file is larger than its receiver takes; nothing of it is kept. */
export class EvidenceTooLarge extends Error {
  readonly code = 'evidence-too-large';
}

/** What is kept is not what was put. */
export class EvidenceDamaged extends Error {
  readonly code = 'evidence-damaged';
}

export interface EvidenceStore {
  /**
   * Keeps a file. The same content again gives the same digest and is kept once per programme.
   *
   * @throws EvidenceTooLarge above the limit, in which case nothing is kept
   */
  put(
    programme: string,
    content: AsyncIterable<Uint8Array>,
    about: { mediaType: string; name?: string; limit: number },
  ): Promise<EvidenceFile>;
  about(programme: string, digest: string): Promise<EvidenceFile | undefined>;
  /**
   * The content, held against its digest while it is read.
   *
   * @throws EvidenceDamaged from the iteration, at its end
   */
  read(programme: string, digest: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  close(): Promise<void>;
}
