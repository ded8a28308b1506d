import type { Clock, EventLog, Receipt } from '@jejak/core';
import type { Sent } from '../dispatch';
import type { Caller, Guard } from '../guard';
import type { KindName } from './kinds/kind';
import type { RowError } from './sheet-columns';

/** What an import needs of a Jejak, in this process or in another one. */
export interface ImportTools {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly guard: Pick<Guard, 'actors' | 'reader' | 'rights'>;
  readonly clock: Clock;
  readonly submit: (sent: Sent) => Promise<Receipt>;
}

export interface ImportRequest {
  /** the path of the CSV or XLSX file */
  readonly file: string;
  readonly programme: string;
  /** what the file holds; by its sheets' names and headings when undefined */
  readonly kind?: KindName | undefined;
  readonly caller: Caller;
  /** why, for rows that say none themselves */
  readonly reason?: string | undefined;
  readonly correlationId: string;
  /** record the rows that pass, though others do not */
  readonly skipInvalid?: boolean | undefined;
}

/** What became of a row, or would. */
export interface RowResult {
  readonly sheet: string;
  readonly kind: KindName;
  /** as the spreadsheet counts: the headings are 1 */
  readonly row: number;
  readonly outcome: 'would-record' | 'recorded' | 'already-there' | 'invalid' | 'refused';
  /** the command's type */
  readonly command?: string;
  readonly stream?: string;
  readonly errors?: readonly RowError[];
}

export interface SheetSummary {
  readonly sheet: string;
  readonly kind: KindName;
  readonly rows: number;
  readonly wouldRecord: number;
  readonly recorded: number;
  readonly alreadyThere: number;
  readonly invalid: number;
  readonly refused: number;
  /** how many of each type of command */
  readonly commands: { readonly [type: string]: number };
}

export interface ImportSummary {
  readonly programme: string;
  /** SHA-256 of the file, in hex */
  readonly digest: string;
  /** whether rows were recorded: not in a preview, and not where a row is invalid and was not to be skipped */
  readonly applied: boolean;
  readonly sheets: readonly SheetSummary[];
}

export interface ImportListener {
  readonly onRow?: (result: RowResult) => void;
  readonly onProgress?: (stage: 'checking' | 'recording', done: number, total: number) => void;
}
