import type { z } from 'zod';
import type { RuleText } from './refusal';

/** What is wrong with a field of a body, or with a parameter, in both languages. */
export interface FieldIssue {
  /** JSON pointer without the leading slash; empty where the whole is meant */
  readonly field: string;
  readonly message: RuleText;
}

/** Indonesian by English: a schema can carry one text only. */
const indonesian = new Map<string, string>();

/** A schema's own sentence about what does not fit it, in both languages: where zod takes a message, it takes this. */
export function said({ en, id }: RuleText): string {
  indonesian.set(en, id);
  return en;
}

/** A value that was held against a schema. */
export type Fitted<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly issues: readonly FieldIssue[] };

/** Holds a value against a schema; what does not fit is told in both languages, never in zod's own words. */
export function fitted<S extends z.ZodType>(schema: S, value: unknown): Fitted<z.output<S>> {
  const parsed = checked(schema, value);
  if (parsed.success) return { success: true, data: parsed.data };
  return { success: false, issues: parsed.error.issues.map(fieldIssue) };
}

/** As `fitted`, with the issues as zod names them: for `fieldIssue`, and for who tells some of them otherwise. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
  // An issue without a message is one that the schema has no sentence of its own for.
  return schema.safeParse(value, { reportInput: true, error: () => '' });
}

/** What an issue of `checked` says. */
export function fieldIssue(issue: z.core.$ZodIssue): FieldIssue {
  const names = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return { field: [...issue.path, ...names].map(String).join('/'), message: messageOf(issue) };
}

const DOES_NOT_FIT: RuleText = { en: 'This does not fit.', id: 'Ini tidak sesuai.' };
const REQUIRED: RuleText = { en: 'This is required.', id: 'Ini wajib diisi.' };

function messageOf(issue: z.core.$ZodIssue): RuleText {
  if (issue.message !== '' && issue.input !== undefined) {
    const id = indonesian.get(issue.message);
    return id === undefined ? DOES_NOT_FIT : { en: issue.message, id };
  }
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? REQUIRED : typeText(issue);
    case 'invalid_value':
      if (issue.input === undefined) return REQUIRED;
      return choiceText(issue.values.map(String));
    case 'too_small':
      return limitText(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'above' : 'least');
    case 'too_big':
      return limitText(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'below' : 'most');
    case 'not_multiple_of':
      return {
        en: `This must be a multiple of ${String(issue.divisor)}.`,
        id: `Ini harus kelipatan ${String(issue.divisor)}.`,
      };
    case 'invalid_format':
      return formatText(issue);
    case 'unrecognized_keys': {
      const names = issue.keys.map((name) => `"${name}"`).join(', ');
      return {
        en: `There is no such field here: ${names}.`,
        id: `Kolom ini tidak dikenal di sini: ${names}.`,
      };
    }
    case 'invalid_union': {
      if (issue.input === undefined) return REQUIRED;
      const values = issue.errors
        .flat()
        .flatMap((each) => (each.code === 'invalid_value' ? each.values : []));
      const choices = ('options' in issue ? issue.options : undefined) ?? values;
      return choices.length === 0 ? DOES_NOT_FIT : choiceText(choices.map(String));
    }
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.input === undefined ? REQUIRED : DOES_NOT_FIT;
    default:
      issue satisfies never;
      return DOES_NOT_FIT;
  }
}

const TYPES: { readonly [type: string]: RuleText } = {
  string: { en: 'a text', id: 'teks' },
  number: { en: 'a number', id: 'bilangan' },
  int: { en: 'a whole number', id: 'bilangan bulat' },
  boolean: { en: 'true or false', id: 'true atau false' },
  array: { en: 'a list', id: 'daftar' },
  tuple: { en: 'a list', id: 'daftar' },
  object: { en: 'an object with fields', id: 'objek berisi kolom' },
  record: { en: 'an object with fields', id: 'objek berisi kolom' },
  null: { en: 'null', id: 'null' },
};

function typeText({ expected }: { readonly expected: string }): RuleText {
  const type = TYPES[expected];
  return type === undefined
    ? DOES_NOT_FIT
    : { en: `This must be ${type.en}.`, id: `Ini harus berupa ${type.id}.` };
}

function choiceText(values: readonly string[]): RuleText {
  const list = values.join(', ');
  return values.length === 1
    ? { en: `This must be ${list}.`, id: `Ini harus ${list}.` }
    : { en: `This must be one of ${list}.`, id: `Ini harus salah satu dari ${list}.` };
}

const BOUNDS = {
  least: { en: 'at least', id: 'paling sedikit' },
  most: { en: 'at most', id: 'paling banyak' },
  above: { en: 'more than', id: 'lebih dari' },
  below: { en: 'less than', id: 'kurang dari' },
} as const;

function limitText(origin: string, limit: number, kind: keyof typeof BOUNDS): RuleText {
  const [bound, count] = [BOUNDS[kind], String(limit)];
  switch (origin) {
    case 'string':
      if (kind === 'least' && limit === 1)
        return { en: 'This must not be empty.', id: 'Ini tidak boleh kosong.' };
      return {
        en: `This must have ${bound.en} ${count} character${limit === 1 ? '' : 's'}.`,
        id: `Panjangnya harus ${bound.id} ${count} karakter.`,
      };
    case 'array':
    case 'set':
    case 'map':
      return {
        en: `This must have ${bound.en} ${count} ${limit === 1 ? 'entry' : 'entries'}.`,
        id: `Jumlah butirnya harus ${bound.id} ${count}.`,
      };
    default:
      return { en: `This must be ${bound.en} ${count}.`, id: `Nilainya harus ${bound.id} ${count}.` };
  }
}

const FORMATS: { readonly [format: string]: RuleText } = {
  uuid: { en: 'an id (UUID)', id: 'id (UUID)' },
  datetime: { en: 'a moment with its zone (ISO 8601)', id: 'waktu beserta zonanya (ISO 8601)' },
  date: { en: 'a day, as YYYY-MM-DD', id: 'tanggal, seperti YYYY-MM-DD' },
  url: { en: 'a URL', id: 'URL' },
  email: { en: 'an e-mail address', id: 'alamat surel' },
};

function formatText({
  format,
  pattern,
}: {
  readonly format: string;
  readonly pattern?: string | undefined;
}): RuleText {
  const named = FORMATS[format];
  if (named !== undefined) return { en: `This must be ${named.en}.`, id: `Ini harus berupa ${named.id}.` };
  if (pattern === undefined) return DOES_NOT_FIT;
  return { en: `This must follow the pattern ${pattern}.`, id: `Ini harus mengikuti pola ${pattern}.` };
}
