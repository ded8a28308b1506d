import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configFor, openJejak } from '@jejak/runtime';
import pino from 'pino';
import { createApp } from './create-app';
import { openApiDocument } from './openapi';

/** The API document as text, as it is committed. Made of an app that listens to nobody, over an empty directory. */
export async function openApiText(): Promise<string> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-openapi-'));
  try {
    const jejak = await openJejak(configFor(directory), { worker: 'manual' });
    const app = await createApp(jejak, pino({ level: 'silent' }));
    try {
      return `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
    } finally {
      await app.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** Prints the API document. */
export async function writeOpenApi(): Promise<void> {
  process.stdout.write(await openApiText());
}
