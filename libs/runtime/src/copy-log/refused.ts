import type { RuleText } from '@jejak/core';

/** Why a programme is not copied, by its stable code; `{name}` is filled in. */
export const COPY_REFUSALS = {
  'unknown-programme': {
    en: 'The source has no event of {programme}. Were --from and --to swapped?',
    id: 'Sumber tidak memuat kejadian {programme}. Apakah --from dan --to tertukar?',
  },
  'same-log': {
    en: 'Source and target are the same log, or share a database: name two installations.',
    id: 'Sumber dan tujuan adalah log yang sama, atau berbagi basis data: sebutkan dua instalasi.',
  },
  'target-ahead': {
    en: 'The target has more events of {programme} than the source, which has {count}. Were --from and --to swapped?',
    id: 'Tujuan memuat lebih banyak kejadian {programme} daripada sumber, yang memuat {count}. Apakah --from dan --to tertukar?',
  },
  'target-differs': {
    en: 'What the target holds of {programme} is not the beginning of what the source holds: event {index} differs. Nothing can be copied behind it.',
    id: 'Isi {programme} di tujuan bukan awal dari isi di sumber: kejadian {index} berbeda. Tidak ada yang dapat disalin setelahnya.',
  },
  'target-not-empty': {
    en: 'The events of installation go only into an empty log, first: the target has accounts or programmes of its own.',
    id: 'Kejadian installation hanya masuk ke log yang kosong, paling awal: tujuan sudah memiliki akun atau program sendiri.',
  },
  'source-moved': {
    en: '{programme} was recorded in at the source meanwhile: something still writes there that does not see that the programme moves. Stop every api and worker of the source, then run the same command again.',
    id: '{programme} masih dicatat di sumber: masih ada penulis yang tidak tahu bahwa program ini dipindahkan. Hentikan semua api dan worker di sumber, lalu jalankan perintah yang sama lagi.',
  },
  'source-arriving': {
    en: '{programme} is itself still being copied to the source, from log {log}. Finish that first.',
    id: '{programme} sendiri masih disalin ke sumber, dari log {log}. Selesaikan itu dahulu.',
  },
  'moved-elsewhere': {
    en: '{programme} moves, or has moved, from the source to another log, {log}. Copy it from there; or, while it has not arrived there, give that up with --abandon.',
    id: '{programme} sedang atau sudah dipindahkan dari sumber ke log lain, {log}. Salin dari sana; atau, selama belum tiba, batalkan dengan --abandon.',
  },
  'nothing-to-abandon': {
    en: '{programme} is not on its way out of the source. One that has moved comes back as it went: by copy-log in the other direction.',
    id: '{programme} tidak sedang dipindahkan dari sumber. Program yang sudah pindah kembali dengan cara yang sama: copy-log ke arah sebaliknya.',
  },
  'subject-taken': {
    en: 'The subject {subject}, whom the programme grants a role, is another account in the target, who would get that role. Nothing was copied behind that grant. Subjects that a history names may be the same in two installations: name them otherwise there.',
    id: 'Subjek {subject}, yang diberi peran oleh program ini, adalah akun lain di tujuan dan akan mendapat peran itu. Tidak ada yang disalin setelah pemberian itu. Subjek yang disebut dalam riwayat dapat sama di dua instalasi: beri nama lain di sana.',
  },
  'installation-first': {
    en: 'The target still receives installation, so that accounts cannot be opened there: finish copying installation first.',
    id: 'Tujuan masih menerima installation, sehingga akun belum dapat dibuka di sana: selesaikan penyalinan installation dahulu.',
  },
} as const satisfies { readonly [code: string]: RuleText };

export type CopyRefusalCode = keyof typeof COPY_REFUSALS;

/** A programme is not copied, or not as asked. The source is as it was; the target holds a beginning of it at most. */
export class CopyRefused extends Error {
  constructor(
    readonly code: CopyRefusalCode,
    readonly params: { readonly [name: string]: string | number } = {},
  ) {
    super(fill(COPY_REFUSALS[code].en, params));
  }

  sentence(language: keyof RuleText): string {
    return fill(COPY_REFUSALS[this.code][language], this.params);
  }
}

function fill(sentence: string, params: CopyRefused['params']): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
