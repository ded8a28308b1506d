import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiCity } from '../../../../test/support/api-city';
import { type ImportCity, PROGRAMME } from '../../../../test/support/import-city';

interface Told {
  readonly code: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

describe('what does not fit', () => {
  let opened: ApiCity;
  let city: ImportCity;
  let app: NestFastifyApplication;
  let authorization: string;

  beforeAll(async () => {
    opened = await ApiCity.open();
    ({ city, app, authorization } = opened);
  });
  afterAll(async () => {
    await opened.close();
  });

  async function told(language: string, url: string, payload?: object): Promise<Told> {
    const response = await app.inject({
      method: payload === undefined ? 'GET' : 'POST',
      url: `/v1/programmes/${PROGRAMME}/${url}`,
      headers: { authorization, 'accept-language': language, 'idempotency-key': 'key' },
      ...(payload !== undefined && { payload }),
    });
    expect(response.statusCode).toBe(400);
    return response.json<Told>();
  }

  const plan = { code: 'A-1', effectiveOn: '2023-02-30', title: '', weight: 'much', surprise: 1 };
  it.each([
    [
      'en',
      {
        effectiveOn: 'Give a day that exists, as YYYY-MM-DD, from 1900 to 2200.',
        title: 'This must not be empty.',
        kind: 'This is required.',
        weight: 'Write a decimal of at most 4 places, as a text: "12.5".',
        surprise: 'There is no such field here: "surprise".',
      },
    ],
    [
      'id',
      {
        effectiveOn: 'Isi dengan tanggal yang ada, seperti YYYY-MM-DD, dari 1900 sampai 2200.',
        title: 'Ini tidak boleh kosong.',
        kind: 'Ini wajib diisi.',
        weight: 'Tulis desimal dengan paling banyak 4 angka di belakang titik, sebagai teks: "12.5".',
        surprise: 'Kolom ini tidak dikenal di sini: "surprise".',
      },
    ],
  ])('of a body is told field by field, in %s', async (language, sentences) => {
    const { code, errors } = await told(language, 'actions', plan);
    expect(code).toBe('invalid-body');
    expect(Object.fromEntries(errors.map(({ field, message }) => [field, message]))).toMatchObject(sentences);
    for (const { message } of errors) expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['en', 'limit=501', ['This must be at most 500.']],
    ['id', 'limit=x', ['Ini harus berupa bilangan.']],
    ['id', 'cursor=x', ['Isi dengan kursor dari daftar ini, dengan urutan yang sama.']],
    ['id', 'knownAt=x', ['Isi dengan indeks, atau waktu beserta zonanya (ISO 8601).']],
    ['id', 'knownAt=999', [expect.stringMatching(/^Indeks terakhir program ini [0-9]+\.$/)]],
    ['id', 'after=x', ['Isi dengan token dari tanda terima.']],
    ['id', 'colour=red', ['Kolom ini tidak dikenal di sini: "colour".']],
  ])('of a question is told in %s: %s', async (language, query, sentences) => {
    await city.jejak.project();
    const { code, errors } = await told(language, `actions?${query}`);
    expect(code).toBe('invalid-params');
    expect(errors.map(({ message }) => message)).toEqual(sentences);
  });
});
