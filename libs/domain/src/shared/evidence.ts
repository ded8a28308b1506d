import { said } from '@jejak/core';
import { z } from 'zod';
import { attachment, attachmentBy } from './schema';

/** Evidence (bukti dukung) is named by its digest; its file and its name live outside the log. */
const evidence = {
  digest: z.string().regex(
    /^[0-9a-f]{64}$/,
    said({
      en: 'Give the SHA-256 of the file, in hex.',
      id: 'Isi dengan SHA-256 berkas, dalam heksadesimal.',
    }),
  ),
  mediaType: z
    .string()
    .regex(
      /^[\w.+-]+\/[\w.+-]+$/,
      said({
        en: 'Give a media type, such as application/pdf.',
        id: 'Isi dengan jenis media, seperti application/pdf.',
      }),
    )
    .max(100),
  bytes: z.int().min(1),
};

export const EvidenceAttached = attachment(evidence);
export const AttachEvidence = attachmentBy(['officer', 'office'], evidence);
