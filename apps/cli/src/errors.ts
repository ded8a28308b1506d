import {
  BadConfig,
  CopyRefused,
  HistoryError,
  InvalidBody,
  InvalidParams,
  NotAllowed,
  NotSignedIn,
  Refusal,
} from '@jejak/runtime';
import { EXIT, type Language, type Sentence } from './context';

/** The command cannot be carried out as it was given. */
export class Refused extends Error {
  constructor(
    readonly sentence: Sentence,
    readonly exit: number = EXIT.refused,
  ) {
    super(sentence.en);
  }
}

interface Known extends Sentence {
  readonly exit: number;
}

const { refused, unavailable } = EXIT;

/** Errors by their code. What the error itself says follows the sentence. */
const SENTENCES: { readonly [code: string]: Known } = {
  'data-directory-locked': {
    exit: unavailable,
    en: 'Another process has the data directory and cannot be asked to write.',
    id: 'Direktori data sedang dipakai proses lain yang tidak dapat diminta menulis.',
  },
  'log-unavailable': {
    exit: unavailable,
    en: 'Nothing can be recorded at the moment. What was recorded is safe; run the same command again later.',
    id: 'Saat ini tidak ada yang dapat dicatat. Yang sudah tercatat aman; jalankan perintah yang sama lagi nanti.',
  },
  'outcome-unknown': {
    exit: unavailable,
    en: 'No answer came, so that it is not known whether this was recorded. Run the same command again: what was recorded is not recorded twice.',
    id: 'Jawaban tidak datang, sehingga tidak diketahui apakah ini sudah tercatat. Jalankan perintah yang sama lagi: yang sudah tercatat tidak tercatat dua kali.',
  },
  'programme-moving': {
    exit: unavailable,
    en: 'The programme is being moved between installations, and nothing can be recorded in it until it has arrived.',
    id: 'Program sedang dipindahkan antar-instalasi, dan belum dapat mencatat apa pun sampai pemindahan selesai.',
  },
  'programme-moved': {
    exit: refused,
    en: 'The programme has moved to another installation, and goes on there.',
    id: 'Program sudah pindah ke instalasi lain dan berlanjut di sana.',
  },
  'copy-conflict': {
    exit: refused,
    en: 'The target holds something else where an event is copied to: somebody records there. Nothing more was copied.',
    id: 'Tujuan memuat isi lain di tempat kejadian disalin: ada yang mencatat di sana. Penyalinan dihentikan.',
  },
  'server-too-old': {
    exit: unavailable,
    en: 'The server is too old.',
    id: 'Versi server terlalu lama.',
  },
  'storage-unavailable': {
    exit: unavailable,
    en: 'The database cannot be reached at the moment. Run the same command again later.',
    id: 'Basis data sedang tidak dapat dihubungi. Jalankan perintah yang sama lagi nanti.',
  },
  contention: {
    exit: unavailable,
    en: 'Others changed the same thing at the same time. Run the same command again.',
    id: 'Data yang sama sedang diubah pihak lain. Jalankan perintah yang sama lagi.',
  },
  'unsafe-database': {
    exit: unavailable,
    en: 'The database cannot be used.',
    id: 'Basis data tidak dapat dipakai.',
  },
  'no-data': { exit: refused, en: 'There is no data here.', id: 'Tidak ada data di sini.' },
  'login-taken': {
    exit: refused,
    en: 'Another account has this login.',
    id: 'Nama pengguna ini sudah dipakai akun lain.',
  },
  'external-taken': {
    exit: refused,
    en: 'Another account has this subject of the identity provider.',
    id: 'Subjek pada penyedia identitas ini sudah dipakai akun lain.',
  },
  'not-found': {
    exit: refused,
    en: 'There is nothing of that name.',
    id: 'Tidak ada yang bernama demikian.',
  },
  'not-empty': { exit: refused, en: 'The target is taken.', id: 'Tujuan sudah terisi.' },
  'bad-backup': { exit: refused, en: 'The backup is not whole.', id: 'Cadangan tidak utuh.' },
  'bad-name': {
    exit: refused,
    en: 'A name does not follow its rule.',
    id: 'Ada nama yang tidak mengikuti aturan.',
  },
  'unknown-view': { exit: refused, en: 'There is no such view.', id: 'Tampilan itu tidak ada.' },
  'idempotency-key-reused': {
    exit: refused,
    en: 'The same was asked for before, and otherwise.',
    id: 'Hal yang sama pernah diminta dengan isi lain.',
  },
  ENOENT: { exit: refused, en: 'The file does not exist.', id: 'Berkas tidak ada.' },
  EISDIR: { exit: refused, en: 'That is a directory.', id: 'Itu sebuah direktori.' },
  ENOTDIR: { exit: refused, en: 'The path leads through a file.', id: 'Jalur melewati sebuah berkas.' },
  EEXIST: { exit: refused, en: 'The file exists already.', id: 'Berkas sudah ada.' },
  EACCES: { exit: unavailable, en: 'That may not be opened.', id: 'Itu tidak boleh dibuka.' },
  EPERM: { exit: unavailable, en: 'That is not permitted.', id: 'Itu tidak diizinkan.' },
  EROFS: { exit: unavailable, en: 'The disk can only be read.', id: 'Media hanya dapat dibaca.' },
  ENOSPC: { exit: unavailable, en: 'The disk is full.', id: 'Media penuh.' },
  EBUSY: { exit: unavailable, en: 'That is in use.', id: 'Itu sedang dipakai.' },
};

/** What an error means to whoever gave the command: a sentence, and an exit code. */
export function explained(
  error: unknown,
  language: Language,
): { readonly text: string; readonly exit: number } {
  if (error instanceof Refused) return { text: error.sentence[language], exit: error.exit };
  if (error instanceof Refusal) return { text: error.sentence(language), exit: refused };
  if (error instanceof BadConfig) {
    const id = `Ada variabel lingkungan dengan nilai yang tidak dapat dipakai. (${error.message})`;
    return { text: language === 'id' ? id : error.message, exit: EXIT.usage };
  }
  if (error instanceof CopyRefused)
    return { text: `${error.sentence(language)} (${error.code})`, exit: refused };
  if (error instanceof HistoryError) return { text: error.sentence(language), exit: refused };
  if (error instanceof InvalidBody || error instanceof InvalidParams) {
    const what = language === 'id' ? 'Tidak sesuai' : 'It does not fit';
    const issues = error.issues.map(({ field, message }) =>
      field === '' ? message[language] : `${field}: ${message[language]}`,
    );
    return { text: `${what}: ${issues.join(' ')}`, exit: refused };
  }
  if (error instanceof NotAllowed) {
    const roles = error.roles.join(', ');
    const id = `${error.what} memerlukan salah satu peran ${roles}.`;
    return { text: language === 'id' ? id : `${error.what} takes one of the roles ${roles}.`, exit: refused };
  }
  if (error instanceof NotSignedIn) {
    const text =
      language === 'id'
        ? 'Akun itu tidak ada atau sudah ditutup.'
        : 'That account does not exist or is closed.';
    return { text, exit: refused };
  }
  const { code, message, stack } = error as { code?: unknown; message?: string; stack?: string };
  const known = typeof code === 'string' && Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  if (known !== undefined) return { text: `${known[language]} (${message ?? ''})`, exit: known.exit };
  if (typeof code === 'string' && code.startsWith('SQLITE_')) {
    const database = SENTENCES['unsafe-database'] as Known;
    return { text: `${database[language]} (${message ?? ''}, ${code})`, exit: unavailable };
  }
  return { text: stack ?? String(error), exit: refused };
}

/** What commander says of a wrong command line, and how to say it in Indonesian. */
const USAGE: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown command '(.*)'/, "perintah '$1' tidak dikenal"],
  [/^error: unknown option '(.*)'/, "opsi '$1' tidak dikenal"],
  [/^error: required option '(.*)' not specified/, "opsi '$1' wajib diisi"],
  [/^error: option '(.*)' argument missing/, "opsi '$1' memerlukan nilai"],
  [/^error: missing required argument '(.*)'/, "argumen '$1' wajib diisi"],
  [
    /^error: too many arguments for '(.*)'\. Expected (\d+).*but got (\d+)\./,
    "argumen '$1' terlalu banyak: $3, seharusnya $2",
  ],
  [
    /^error: option '(.*)' cannot be used with option '(.*)'/,
    "opsi '$1' tidak dapat dipakai bersama opsi '$2'",
  ],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\./,
    "'$1' tidak sah untuk '$2'; pilihannya $3",
  ],
  [/ argument '(.*)' is invalid\. Allowed choices are (.*)\./, ": '$1' tidak sah; pilihannya $2"],
  [/ argument '(.*)' is invalid\. .*/, ": '$1' tidak sah"],
  [/\(Did you mean (.*)\?\)/, '(Maksud Anda $1?)'],
  [/^error: option /, 'nilai '],
];

/** A sentence of commander about a wrong command line, in Indonesian. */
export function inIndonesian(text: string): string {
  return USAGE.reduce((sentence, [pattern, words]) => sentence.replace(pattern, words), text);
}
