import { z } from 'zod';
import { attachment, attachmentBy } from './schema';

/** Evidence (bukti dukung) is named by its digest; its file and its name live outside the log. */
const evidence = {
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the file, in hex'),
  mediaType: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+$/)
    .max(100),
  bytes: z.int().min(1),
};

export const EvidenceAttached = attachment(evidence);
export const AttachEvidence = attachmentBy(['officer', 'office'], evidence);
