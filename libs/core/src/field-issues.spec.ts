import { z } from 'zod';
import { fitted, said } from './field-issues';

const quarter = z
  .string()
  .regex(/^[0-9]{4}-Q[1-4]$/, said({ en: 'Give a quarter.', id: 'Isi dengan triwulan.' }));

const schema = z
  .strictObject({
    title: z.string().trim().min(1).max(5),
    count: z.int().min(2).max(9),
    list: z.array(z.string()).min(1).max(2),
    kind: z.enum(['a', 'b']),
    only: z.literal('x'),
    of: z.uuid(),
    day: z.iso.date(),
    quarter,
    flag: z.boolean(),
    inner: z.strictObject({ code: z.string().regex(/^[a-z]+$/) }),
    state: z.union([z.literal(1), z.literal(2)]),
    part: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('action') }),
      z.strictObject({ kind: z.literal('agency') }),
    ]),
    step: z.number().multipleOf(5).gt(0).lt(99),
    unsaid: z.string().refine(() => true, 'a sentence that nobody translated'),
  })
  .partial();

type Case = readonly [field: string, value: unknown, en: string, id: string];

describe('what does not fit a schema', () => {
  it.each<Case>([
    ['title', 7, 'This must be a text.', 'Ini harus berupa teks.'],
    ['title', null, 'This must be a text.', 'Ini harus berupa teks.'],
    ['title', ' ', 'This must not be empty.', 'Ini tidak boleh kosong.'],
    ['title', '123456', 'This must have at most 5 characters.', 'Panjangnya harus paling banyak 5 karakter.'],
    ['count', '3', 'This must be a number.', 'Ini harus berupa bilangan.'],
    ['count', 2.5, 'This must be a whole number.', 'Ini harus berupa bilangan bulat.'],
    ['count', 1, 'This must be at least 2.', 'Nilainya harus paling sedikit 2.'],
    ['count', 10, 'This must be at most 9.', 'Nilainya harus paling banyak 9.'],
    ['list', {}, 'This must be a list.', 'Ini harus berupa daftar.'],
    ['list', [], 'This must have at least 1 entry.', 'Jumlah butirnya harus paling sedikit 1.'],
    ['list', ['', '', ''], 'This must have at most 2 entries.', 'Jumlah butirnya harus paling banyak 2.'],
    ['kind', 'c', 'This must be one of a, b.', 'Ini harus salah satu dari a, b.'],
    ['only', 'y', 'This must be x.', 'Ini harus x.'],
    ['of', 'x', 'This must be an id (UUID).', 'Ini harus berupa id (UUID).'],
    ['day', 'x', 'This must be a day, as YYYY-MM-DD.', 'Ini harus berupa tanggal, seperti YYYY-MM-DD.'],
    ['quarter', 'x', 'Give a quarter.', 'Isi dengan triwulan.'],
    ['flag', 'x', 'This must be true or false.', 'Ini harus berupa true atau false.'],
    ['inner', 'x', 'This must be an object with fields.', 'Ini harus berupa objek berisi kolom.'],
    ['state', 3, 'This must be one of 1, 2.', 'Ini harus salah satu dari 1, 2.'],
    ['step', 7, 'This must be a multiple of 5.', 'Ini harus kelipatan 5.'],
    ['step', 0, 'This must be more than 0.', 'Nilainya harus lebih dari 0.'],
    ['step', 100, 'This must be less than 99.', 'Nilainya harus kurang dari 99.'],
  ])('of %s: %j', (field, value, en, id) => {
    expect(fitted(schema, { [field]: value })).toEqual({
      success: false,
      issues: [{ field, message: { en, id } }],
    });
  });

  it('names the field, however deep, and the one that is not known', () => {
    expect(fitted(schema, { inner: { code: 'A', more: 1 }, other: 1 })).toMatchObject({
      issues: [
        { field: 'inner/code', message: { en: 'This must follow the pattern /^[a-z]+$/.' } },
        { field: 'inner/more', message: { id: 'Kolom ini tidak dikenal di sini: "more".' } },
        { field: 'other', message: { en: 'There is no such field here: "other".' } },
      ],
    });
  });

  it('offers what tells the forms of a part apart', () => {
    const { issues } = fitted(schema, { part: { kind: 'x' } }) as { issues: unknown };
    expect(issues).toEqual([
      {
        field: 'part/kind',
        message: {
          en: 'This must be one of action, agency.',
          id: 'Ini harus salah satu dari action, agency.',
        },
      },
    ]);
  });

  it('says of every field that is missing that it is required', () => {
    const result = fitted(schema.required(), {});
    const issues = result.success ? [] : result.issues;
    expect(issues.length).toBe(14);
    for (const { message } of issues)
      expect(message).toEqual({ en: 'This is required.', id: 'Ini wajib diisi.' });
  });

  it('never tells in Indonesian what was only said in English', () => {
    const unsaid = z.string().refine(() => false, 'a sentence that nobody translated');
    expect(fitted(unsaid, 'x')).toMatchObject({
      issues: [{ field: '', message: { en: 'This does not fit.', id: 'Ini tidak sesuai.' } }],
    });
  });

  it('gives what does fit, with defaults and in its own form', () => {
    expect(fitted(z.strictObject({ a: z.string().trim(), b: z.int().default(3) }), { a: ' x ' })).toEqual({
      success: true,
      data: { a: 'x', b: 3 },
    });
  });
});
