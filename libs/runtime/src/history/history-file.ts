import {
  fitted,
  INSTALLATION,
  isCode,
  isProgramme,
  type Json,
  type Language,
  parseStream,
  type RuleText,
  said,
} from '@jejak/core';
import { codeSchema } from '@jejak/domain';
import { z } from 'zod';

/** A line of a history that cannot be read or must not be there. `line` counts from 1. */
export class HistoryError extends Error {
  constructor(
    readonly code: string,
    readonly text: RuleText,
    readonly line?: number,
  ) {
    super(sentence(text, line, 'en'));
  }

  sentence(language: Language): string {
    return sentence(this.text, this.line, language);
  }
}

function sentence(text: RuleText, line: number | undefined, language: Language): string {
  const where = { en: 'line', id: 'baris' }[language];
  return line === undefined ? text[language] : `${where} ${String(line)}: ${text[language]}`;
}

const SUBJECT = said({ en: 'Give a subject, which is a code.', id: 'Isi dengan subjek, yang berupa kode.' });
const moment = z.iso.datetime({ offset: true });

const headerSchema = z.strictObject({
  format: z.literal('jejak-history'),
  version: z.literal(1),
  programme: z
    .string()
    .refine(
      (text) => isProgramme(text) && text !== INSTALLATION,
      said({ en: 'Name a programme, such as malang.2023.', id: 'Sebut nama program, seperti malang.2023.' }),
    ),
  note: z.string().optional(),
  /** the people of the history: opaque subject, login and name; `operator` grants that role of the installation */
  accounts: z.array(
    z.strictObject({
      subject: z.string().refine(isCode, SUBJECT),
      login: z.string().min(1),
      name: z.string().min(1),
      operator: z.literal(true).optional(),
    }),
  ),
});
export type HistoryHeader = z.output<typeof headerSchema>;

const commandSchema = z.strictObject({
  key: z.string().min(1).max(200),
  at: moment,
  by: z.string().refine(isCode, SUBJECT),
  /** for an officer of several agencies: the one acted for */
  agency: codeSchema.optional(),
  type: z.string(),
  stream: z.string(),
  body: z.record(z.string(), z.json()),
});

/** A command of a history. In its body, `{"$event": KEY}` stands for the id of an earlier command's first event. */
export interface HistoryCommand extends z.output<typeof commandSchema> {
  readonly line: number;
}

export interface History {
  readonly header: HistoryHeader;
  readonly commands: readonly HistoryCommand[];
}

/**
 * Reads a history: JSON lines, the header first, then a command a line, `at` never going back nor beyond now.
 *
 * @param now milliseconds
 * @throws HistoryError with the line
 */
export function parseHistory(text: string, now: number): History {
  const rows = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const [first = '', ...others] = rows;
  const header = read(headerSchema, first, 1);
  const commands: HistoryCommand[] = [];
  const keys = new Set<string>();
  let last = 0;
  others.forEach((row, n) => {
    if (row.trim() === '') return;
    const line = n + 2;
    const command = { ...read(commandSchema, row, line), line };
    const at = Date.parse(command.at);
    if (at < last)
      throw new HistoryError(
        'history-goes-back',
        {
          en: `${command.at} lies before the command above it`,
          id: `${command.at} lebih awal daripada perintah di atasnya`,
        },
        line,
      );
    if (at > now)
      throw new HistoryError(
        'history-in-future',
        { en: `${command.at} lies in the future`, id: `${command.at} ada di masa depan` },
        line,
      );
    if (keys.has(command.key))
      throw new HistoryError(
        'history-key-twice',
        { en: `the key "${command.key}" stands twice`, id: `kunci "${command.key}" ada dua kali` },
        line,
      );
    const programme = programmeOf(command.stream, line);
    if (programme !== header.programme) {
      throw new HistoryError(
        'history-other-programme',
        {
          en: `${command.stream} is not of ${header.programme}`,
          id: `${command.stream} bukan milik ${header.programme}`,
        },
        line,
      );
    }
    last = at;
    keys.add(command.key);
    commands.push(command);
  });
  if (commands.length === 0)
    throw new HistoryError('history-empty', {
      en: 'the history holds no command',
      id: 'riwayat tidak berisi perintah',
    });
  return { header, commands };
}

/**
 * The body with the event ids that it names.
 *
 * @param events the id of each command's first event, by the command's key
 * @throws HistoryError where a key is not one of an earlier command
 */
export function resolveEvents(value: Json, events: ReadonlyMap<string, string>, line: number): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolveEvents(item, events, line));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as { readonly [key: string]: Json };
  if (typeof members['$event'] === 'string') {
    const id = events.get(members['$event']);
    if (id === undefined)
      throw new HistoryError(
        'history-unknown-key',
        {
          en: `no earlier command has the key "${members['$event']}"`,
          id: `tidak ada perintah sebelumnya dengan kunci "${members['$event']}"`,
        },
        line,
      );
    return id;
  }
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => [key, resolveEvents(member, events, line)]),
  );
}

function read<S extends z.ZodType>(schema: S, row: string, line: number): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    throw new HistoryError(
      'history-not-json',
      { en: 'this is not a line of JSON', id: 'ini bukan baris JSON' },
      line,
    );
  }
  const checked = fitted(schema, value);
  if (checked.success) return checked.data;
  const [{ field, message } = { field: '', message: { en: '', id: '' } }] = checked.issues;
  const at = field === '' ? '' : `${field}: `;
  throw new HistoryError('history-bad-line', { en: at + message.en, id: at + message.id }, line);
}

function programmeOf(stream: string, line: number): string {
  try {
    return parseStream(stream).programme;
  } catch {
    throw new HistoryError(
      'history-bad-line',
      { en: `"${stream}" is not a stream`, id: `"${stream}" bukan nama stream` },
      line,
    );
  }
}
