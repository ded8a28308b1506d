import type { RuleText } from '@jejak/core';

/** What an error that is no rule's is: its status and sentence. Rules of the domain bring their own sentences. */
export interface ProblemText extends RuleText {
  readonly status: number;
}

/** Every error that is not a rule of the domain, by its code. */
export const PROBLEMS = {
  'invalid-body': {
    status: 400,
    en: 'The body does not fit this command.',
    id: 'Isi permintaan tidak sesuai dengan perintah ini.',
  },
  'invalid-params': {
    status: 400,
    en: 'A parameter does not fit this question.',
    id: 'Ada parameter yang tidak sesuai dengan pertanyaan ini.',
  },
  'malformed-body': {
    status: 400,
    en: 'The body is not JSON that can be read.',
    id: 'Isi permintaan bukan JSON yang dapat dibaca.',
  },
  'not-canonical': {
    status: 400,
    en: 'The body holds text that is not Unicode, a number that JSON cannot carry, or is nested too deep.',
    id: 'Isi permintaan memuat teks yang bukan Unicode, angka yang tidak dapat dimuat JSON, atau bersarang terlalu dalam.',
  },
  'bad-name': {
    status: 400,
    en: 'A name does not follow the rule for programmes and codes.',
    id: 'Ada nama yang tidak mengikuti aturan penamaan program dan kode.',
  },
  'not-a-cloud-event': {
    status: 400,
    en: 'The message is no event of CloudEvents 1.0 in binary mode: give the headers ce_specversion, ce_id, ce_source, ce_type (the command) and ce_subject (its stream).',
    id: 'Pesan bukan CloudEvents 1.0 dalam mode biner: isi header ce_specversion, ce_id, ce_source, ce_type (perintah), dan ce_subject (stream-nya).',
  },
  'bad-request': { status: 400, en: 'The request cannot be read.', id: 'Permintaan tidak dapat dibaca.' },
  'idempotency-key-missing': {
    status: 400,
    en: 'A command needs the header Idempotency-Key: make up a value for each new command, such as a UUID (1 to 200 visible ASCII characters), and send the same one when you repeat it.',
    id: 'Perintah memerlukan header Idempotency-Key: buat nilai baru untuk tiap perintah baru, misalnya UUID (1 sampai 200 karakter ASCII yang tampak), dan kirim nilai yang sama saat mengulanginya.',
  },
  'foreign-token': {
    status: 400,
    en: 'The token is of another installation.',
    id: 'Token berasal dari instalasi lain.',
  },
  'sign-in-required': {
    status: 401,
    en: 'Sign in first: POST /v1/session, or the identity provider where there is one, gives an access token, to be sent as "Authorization: Bearer ...".',
    id: 'Silakan masuk terlebih dahulu: POST /v1/session, atau penyedia identitas bila ada, memberi token akses, yang dikirim sebagai "Authorization: Bearer ...".',
  },
  'sign-in-failed': {
    status: 401,
    en: 'Login or password is wrong.',
    id: 'Nama pengguna atau kata sandi salah.',
  },
  'sign-in-elsewhere': {
    status: 403,
    en: 'Nobody signs in with a password here: take an access token of the identity provider.',
    id: 'Di sini tidak ada yang masuk dengan kata sandi: gunakan token akses dari penyedia identitas.',
  },
  'token-invalid': {
    status: 401,
    en: 'The access token is not valid: sign in again (POST /v1/session, or at the identity provider).',
    id: 'Token akses tidak berlaku: silakan masuk kembali (POST /v1/session, atau di penyedia identitas).',
  },
  'token-expired': {
    status: 401,
    en: 'The access token has expired: take a new one with the refresh token (POST /v1/session/refresh, or at the identity provider), or sign in again.',
    id: 'Token akses sudah kedaluwarsa: ambil yang baru dengan token penyegar (POST /v1/session/refresh, atau di penyedia identitas), atau masuk kembali.',
  },
  'account-unknown': {
    status: 403,
    en: 'The identity provider knows you, and there is no account for you here: give the operator your subject (claim "sub") at the provider.',
    id: 'Penyedia identitas mengenal Anda, tetapi belum ada akun untuk Anda di sini: berikan subjek Anda (klaim "sub") di penyedia itu kepada operator.',
  },
  'session-elsewhere': {
    status: 409,
    en: 'This sign-in is one at the identity provider: sign out there. The token stays good until it expires.',
    id: 'Sesi ini berasal dari penyedia identitas: keluarlah di sana. Token tetap berlaku sampai kedaluwarsa.',
  },
  'refresh-invalid': {
    status: 401,
    en: 'The refresh token is not valid: sign in again.',
    id: 'Token penyegar tidak berlaku: silakan masuk kembali.',
  },
  'refresh-reused': {
    status: 401,
    en: 'The refresh token was used before. Everything that came of its sign-in has ended: sign in again.',
    id: 'Token penyegar sudah pernah dipakai. Semua sesi dari proses masuk itu diakhiri: silakan masuk kembali.',
  },
  'not-allowed': {
    status: 403,
    en: 'Your roles do not allow this.',
    id: 'Peran Anda tidak mengizinkan hal ini.',
  },
  'not-a-service': {
    status: 403,
    en: 'Commands over Kafka take the access token of a service account; people use the API.',
    id: 'Perintah lewat Kafka memerlukan token akses akun layanan (service); pengguna perorangan memakai API.',
  },
  'not-found': { status: 404, en: 'There is nothing here.', id: 'Tidak ada apa pun di sini.' },
  'not-yet-sealed': {
    status: 404,
    en: 'The phase was closed, and its seal is being made.',
    id: 'Fase sudah ditutup dan segelnya sedang dibuat.',
  },
  'unknown-route': { status: 404, en: 'There is no such route.', id: 'Rute tidak dikenal.' },
  'unknown-command': { status: 404, en: 'There is no such command.', id: 'Perintah tidak dikenal.' },
  'method-not-allowed': {
    status: 405,
    en: 'This route takes no such method.',
    id: 'Metode ini tidak diterima oleh rute ini.',
  },
  'login-taken': {
    status: 409,
    en: 'Another account has this login.',
    id: 'Nama pengguna ini sudah dipakai akun lain.',
  },
  'external-taken': {
    status: 409,
    en: 'Another account has this subject of the identity provider.',
    id: 'Subjek pada penyedia identitas ini sudah dipakai akun lain.',
  },
  contention: {
    status: 409,
    en: 'Others changed this at the same time. Send the command again with the same key.',
    id: 'Data ini sedang diubah oleh pihak lain. Kirim ulang perintah dengan kunci yang sama.',
  },
  'revision-mismatch': {
    status: 412,
    en: 'This has changed since you read it: read it again, and send the ETag of that answer.',
    id: 'Data ini sudah berubah sejak Anda membacanya: baca lagi, lalu kirim ETag dari jawaban itu.',
  },
  'body-too-large': {
    status: 413,
    en: 'The body is larger than is accepted.',
    id: 'Isi permintaan melebihi ukuran yang diterima.',
  },
  'envelope-too-large': {
    status: 413,
    en: 'What would be recorded is larger than 256 KiB.',
    id: 'Data yang akan dicatat melebihi 256 KiB.',
  },
  'evidence-empty': {
    status: 400,
    en: 'The file is empty.',
    id: 'Berkas kosong.',
  },
  'evidence-too-large': {
    status: 413,
    en: 'The file is larger than is accepted.',
    id: 'Berkas melebihi ukuran yang diterima.',
  },
  'path-too-long': {
    status: 414,
    en: 'The path is longer than is accepted.',
    id: 'Alamat melebihi panjang yang diterima.',
  },
  'unsupported-media-type': {
    status: 415,
    en: 'This media type is not accepted here.',
    id: 'Jenis media ini tidak diterima di sini.',
  },
  'idempotency-key-reused': {
    status: 422,
    en: 'This idempotency key was used for another command.',
    id: 'Kunci idempotensi ini sudah dipakai untuk perintah lain.',
  },
  'precondition-required': {
    status: 428,
    en: 'This command needs the header If-Match: read what you mean to change, and send the ETag of that answer, such as "r7" with its quotation marks.',
    id: 'Perintah ini memerlukan header If-Match: baca dahulu yang hendak diubah, lalu kirim ETag dari jawaban itu, misalnya "r7" beserta tanda kutipnya.',
  },
  'too-many-requests': {
    status: 429,
    en: 'Too many requests: wait a little.',
    id: 'Terlalu banyak permintaan: tunggu sebentar.',
  },
  internal: {
    status: 500,
    en: 'Something went wrong here. It was written down under the correlation id.',
    id: 'Terjadi kesalahan di sistem. Kesalahan dicatat dengan correlation id.',
  },
  'log-unavailable': {
    status: 503,
    en: 'Nothing can be recorded at the moment. What was acknowledged is safe.',
    id: 'Saat ini tidak ada yang dapat dicatat. Yang sudah dikonfirmasi tetap aman.',
  },
  'programme-moving': {
    status: 503,
    en: 'The programme is being moved between installations, and nothing can be recorded in it until it has arrived. What was acknowledged is safe.',
    id: 'Program sedang dipindahkan antar-instalasi, dan belum dapat mencatat apa pun sampai pemindahan selesai. Yang sudah dikonfirmasi tetap aman.',
  },
  'programme-moved': {
    status: 409,
    en: 'The programme has moved to another installation, and goes on there. Here it can be read, and nothing can be recorded in it.',
    id: 'Program sudah pindah ke instalasi lain dan berlanjut di sana. Di sini program hanya dapat dibaca, tidak dapat dicatati.',
  },
  'outcome-unknown': {
    status: 503,
    en: 'No answer came in time, so that it is not known whether this was recorded. Send it again with the same key: it is recorded once, and the first answer is given again.',
    id: 'Jawaban tidak datang tepat waktu, sehingga tidak diketahui apakah ini sudah tercatat. Kirim ulang dengan kunci yang sama: hanya tercatat sekali, dan jawaban pertama diberikan lagi.',
  },
  'provider-unavailable': {
    status: 503,
    en: 'The identity provider does not answer at the moment, so that its token cannot be checked.',
    id: 'Penyedia identitas sedang tidak menjawab, sehingga tokennya tidak dapat diperiksa.',
  },
  'storage-unavailable': {
    status: 503,
    en: 'The disk cannot be read or written at the moment. What was acknowledged is safe.',
    id: 'Penyimpanan sedang tidak dapat dibaca atau ditulis. Yang sudah dikonfirmasi tetap aman.',
  },
  'evidence-damaged': {
    status: 503,
    en: 'The file is not the one that was brought: the operator has to restore it.',
    id: 'Berkas tidak sama dengan yang diserahkan: operator harus memulihkannya.',
  },
  'view-behind': {
    status: 503,
    en: 'The views have not come that far yet.',
    id: 'Tampilan data belum mencapai titik itu.',
  },
  'past-busy': {
    status: 503,
    en: 'Too much of the past is being asked for: ask again in a while.',
    id: 'Terlalu banyak keadaan masa lalu yang diminta: coba lagi sebentar lagi.',
  },
  'view-rebuilding': { status: 503, en: 'The view is being built.', id: 'Tampilan data sedang dibangun.' },
  'view-stopped': {
    status: 503,
    en: 'The view has stopped before that event; the operator has to look.',
    id: 'Tampilan data berhenti sebelum kejadian itu; operator perlu memeriksanya.',
  },
  stopping: { status: 503, en: 'The server is being stopped.', id: 'Server sedang dihentikan.' },
} as const satisfies { readonly [code: string]: ProblemText };

export type ProblemCode = keyof typeof PROBLEMS;

/** The title of every refusal by a rule. */
export const REFUSED: RuleText = {
  en: 'A rule does not allow this.',
  id: 'Ada aturan yang tidak mengizinkan hal ini.',
};
