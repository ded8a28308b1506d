import type { Envelope } from '@jejak/core';

/** Evidence (bukti dukung) that was attached to a report: by its digest, never by its name. */
export interface EvidenceEntry {
  readonly id: string;
  /** the id of the event that it belongs to */
  readonly of: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: number;
}

type Attached = Envelope<'EvidenceAttached', Omit<EvidenceEntry, 'id'>>;

export function evidenceEntry({ id, data: { of, digest, mediaType, bytes } }: Attached): EvidenceEntry {
  return { id, of, digest, mediaType, bytes };
}
