import { INSTALLATION, type ProgrammeReader, ViewBehind } from '@jejak/core';
import { NotFound, type ProgrammeSummary, queries } from '@jejak/views';
import type { Ask } from './ask';

/** A programme in a row beside others, each at an index of its own. */
export type ProgrammeRow = ProgrammeSummary & { readonly index: number; readonly asOf: string };

/**
 * Every programme of the installation side by side, by name.
 *
 * @param shows what the reader may see of a programme: all of its summary, what is published of it, or nothing
 * @throws as `Ask.answer`
 */
export async function programmesSideBySide(
  ask: Ask,
  log: ProgrammeReader,
  shows: (programme: string) => Promise<'all' | 'published'>,
): Promise<readonly ProgrammeRow[]> {
  const rows: ProgrammeRow[] = [];
  for (const { programme } of await log.heads()) {
    if (programme === INSTALLATION) continue;
    try {
      const { answer, index, asOf } = await ask.answer({
        query: queries.programmeSummary,
        programme,
        params: {},
      });
      const row = { ...answer, index, asOf };
      if ((await shows(programme)) === 'all') rows.push(row);
      else if (answer.published !== null) rows.push(publishedOf(row));
    } catch (error) {
      // Grants come before the programme is established; the views may not have seen a new one yet.
      if (!(error instanceof NotFound) && !(error instanceof ViewBehind)) throw error;
    }
  }
  return rows.sort((a, b) => (a.programme < b.programme ? -1 : 1));
}

function publishedOf(row: ProgrammeRow): ProgrammeRow {
  return { ...row, phases: row.phases.filter(({ code }) => code === row.published?.phase) };
}
