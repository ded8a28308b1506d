import type { FastifyInstance } from 'fastify';

/** What evidence may be: documents, pictures and tables that people look at, nothing that a browser runs. */
export const EVIDENCE_TYPES: readonly string[] = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/csv',
  'text/plain',
  'application/zip',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/octet-stream',
];

/** What an imported file may be called; what it is, is seen from its first bytes. */
export const SHEET_TYPES: readonly string[] = [
  'text/csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-excel',
  'application/octet-stream',
];

/** Files are read as they come; all other bodies are JSON, and what is neither is refused. */
export function registerParsers(fastify: FastifyInstance): void {
  // Fastify reads text/plain into memory by itself.
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser([...EVIDENCE_TYPES], (_request, payload, done) => {
    done(null, payload);
  });
}
