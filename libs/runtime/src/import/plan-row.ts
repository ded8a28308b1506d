import { commandIdOf, type Json, streamName } from '@jejak/core';
import { sameCode } from '@jejak/domain';
import type { ProgrammeDocument } from '@jejak/views';
import type { Caller, Rights } from '../guard';
import type { Asked } from './dry-run';
import { type AnyKind, reportColumns } from './kinds/kind';
import type { Recorded } from './recorded';
import type { RowValues } from './sheet-columns';

/** Whose import it is, and of what file. */
export interface Sender {
  readonly programme: string;
  readonly subject: string;
  /** for an officer of several agencies: the one acted for where a row names none */
  readonly agency?: string | undefined;
  readonly rights: Rights;
  /** why, where a row says none */
  readonly reason?: string | undefined;
  /** of the file, in hex */
  readonly digest: string;
}

/** The command of a row, and the caller as whom it is given. */
export interface Given extends Asked {
  readonly caller: Caller;
}

/** The stream that a row is about. */
export function streamOf(kind: AnyKind, values: RowValues, programme: string): string {
  const place = kind.place(values);
  return streamName(place.kind, programme, place.code);
}

/** The key of a row's command: the same file, sheet and row are the same command. */
export function keyOf(digest: string, sheet: string, row: number): string {
  return `import ${digest} ${sheet} ${String(row)}`;
}

/**
 * What a row becomes beside what is recorded of its stream: a command, or nothing where it is there already, by its
 * natural key or because this very row was recorded before and has been corrected since.
 *
 * @throws Refusal of the row's rules
 */
export function planRow(
  kind: AnyKind,
  values: RowValues,
  place: { readonly sheet: string; readonly row: number; readonly stream: string },
  recorded: Recorded,
  programme: ProgrammeDocument,
  sender: Sender,
): Given | 'there' {
  const key = keyOf(sender.digest, place.sheet, place.row);
  if (recorded.commands.has(commandIdOf(sender.subject, place.stream, key))) return 'there';
  const planned = kind.plan(values, recorded.document, { programme });
  if (planned === 'there') return planned;
  const { caller, onBehalfOf } = reporterOf(kind, values, sender);
  const reason = (values['reason'] as string | undefined) ?? sender.reason;
  const body: Record<string, Json> = {};
  for (const [field, value] of Object.entries({ ...planned.body, reason, onBehalfOf })) {
    if (value !== undefined) body[field] = value;
  }
  return { type: planned.type, stream: place.stream, body, key, caller };
}

/** The agency that a row reports for: the caller's own, or one that the office reports on behalf of. */
function reporterOf(
  kind: AnyKind,
  values: RowValues,
  { subject, agency: usual, rights }: Sender,
): { readonly caller: Caller; readonly onBehalfOf: string | undefined } {
  const named =
    kind.columns['agency'] === reportColumns.agency ? (values['agency'] as string | undefined) : undefined;
  const agency = named ?? usual;
  const isOfficer =
    agency !== undefined &&
    rights.grants.some((grant) => grant.role === 'officer' && sameCode(grant.agency ?? '', agency));
  if (isOfficer) return { caller: { subject, agency }, onBehalfOf: undefined };
  return { caller: { subject, ...(usual !== undefined && { agency: usual }) }, onBehalfOf: named };
}
