import { streamName } from '@jejak/core';
import { calendarRules, catalogue, deciders } from '@jejak/domain';
import { type ProgrammeDocument, views } from '@jejak/views';
import { NotSignedIn } from '../signed-in';
import { ImportRun } from './import-run';
import { type Sender } from './plan-row';
import { RecordedStreams } from './recorded';
import type { ImportListener, ImportRequest, ImportSummary, ImportTools } from './result';
import { spool } from './spool';

/** Who has a command that a row may become. */
const IMPORTERS = ['officer', 'office'] as const;

/**
 * Says of every row what it would do, and does nothing: each row sees the earlier rows of its file, and is refused
 * where the log would refuse it at that moment.
 *
 * @throws Refusal of the file's rules, or `programme-not-established`; NotSignedIn; NotAllowed
 */
export async function previewImport(
  request: ImportRequest,
  tools: ImportTools,
  listener: ImportListener = {},
): Promise<ImportSummary> {
  return withFile(request, tools, listener, async (run) => {
    await run.preview(listener.onRow);
    return run.summary(false);
  });
}

/**
 * Records a file's rows. Nothing is recorded unless every row passes the preview, or those that do not are to be
 * skipped. A run that was cut off is gone on with by the same file; a row that is refused while the others are being
 * recorded is told, and the rest go on.
 *
 * @throws as `previewImport`; LogUnavailable and whatever else ends the run early: what was recorded by then stays
 */
export async function applyImport(
  request: ImportRequest,
  tools: ImportTools,
  listener: ImportListener = {},
): Promise<ImportSummary> {
  return withFile(request, tools, listener, async (run) => {
    const invalid = await run.preview((result) => {
      if (result.outcome === 'invalid') listener.onRow?.(result);
    });
    if (invalid > 0 && request.skipInvalid !== true) return run.summary(false);
    await run.apply();
    return run.summary(true);
  });
}

async function withFile(
  request: ImportRequest,
  tools: ImportTools,
  listener: ImportListener,
  work: (run: ImportRun) => Promise<ImportSummary>,
): Promise<ImportSummary> {
  const { programme, caller, kind } = request;
  if (caller.subject === undefined) throw new NotSignedIn('sign-in-required');
  // Before anything of the file is looked at: what becomes of a row tells what is recorded.
  await tools.guard.reader(caller, programme, 'Import', IMPORTERS);
  const rights = await tools.guard.rights(caller.subject, programme);
  const { from, to } = await programmeOf(programme, tools);
  const year = from.slice(0, 4) === to.slice(0, 4) ? from.slice(0, 4) : undefined;
  const file = await spool(request.file, { kind, context: { year } });
  try {
    const { subject, agency } = caller;
    const sender: Sender = {
      programme,
      subject,
      agency,
      rights,
      reason: request.reason,
      digest: file.digest,
    };
    return await work(new ImportRun(request, tools, listener, file, sender, { year }));
  } finally {
    await file.close();
  }
}

/** @throws Refusal `programme-not-established` */
async function programmeOf(programme: string, { log }: ImportTools): Promise<ProgrammeDocument> {
  const streams = new RecordedStreams({ log, deciders, views, catalogue, directory: '' });
  const { document } = await streams.fresh(streamName('programme', programme));
  if (document === undefined) throw calendarRules('programme-not-established');
  return document as ProgrammeDocument;
}
