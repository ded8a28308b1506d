import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { type EvidenceStore, EvidenceTooLarge } from '../ports/evidence';
import { type ContractTests, contractTests, type Skips } from './contract';

/** An evidence store under test. */
export interface EvidenceFixture {
  /** the store as it is open now; another one after `reopen` */
  readonly store: EvidenceStore;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a store that is empty. */
export type MakeEvidenceStore = () => Promise<EvidenceFixture>;

const P = 'malang.2023';
const PDF = { mediaType: 'application/pdf', limit: 1_000_000 };
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The bytes in chunks of a size, as a request brings them. */
async function* chunks(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(content: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (content === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

/** Everything that the port EvidenceStore promises, for any adapter. */
export function evidenceContract(name: string, make: MakeEvidenceStore, skips: Skips = {}): void {
  describe(`the evidence store of ${name}`, () => {
    let fixture: EvidenceFixture;
    let store: EvidenceStore;
    beforeEach(async () => {
      fixture = await make();
      store = fixture.store;
    });
    afterEach(() => fixture.close());

    const tests: ContractTests = {
      'a file comes back as it was put, in whatever chunks it came': async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.uint8Array({ maxLength: 5_000 }),
            fc.integer({ min: 1, max: 6_000 }),
            async (bytes, size) => {
              const put = await store.put(P, chunks(bytes, size), PDF);
              expect(put).toEqual({
                digest: digestOf(bytes),
                bytes: bytes.length,
                mediaType: 'application/pdf',
              });
              expect(await store.about(P, put.digest)).toEqual(put);
              expect(Buffer.compare((await all(await store.read(P, put.digest)))!, bytes)).toBe(0);
            },
          ),
          { numRuns: 25 },
        );
      },

      'a chunk that its sender uses again does not change what was put': async () => {
        async function* reused(): AsyncGenerator<Uint8Array> {
          const chunk = Buffer.alloc(4);
          for (const fill of [1, 2, 3]) yield chunk.fill(fill);
        }
        const { digest } = await store.put(P, reused(), PDF);
        expect(await all(await store.read(P, digest))).toEqual(
          Buffer.from([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]),
        );
      },

      'the same content is kept once in a programme, under the name it had first': async () => {
        const bytes = Buffer.from('foto kegiatan');
        const first = await store.put(P, chunks(bytes), { ...PDF, name: 'foto.pdf' });
        expect(first.name).toBe('foto.pdf');
        const again = await store.put(P, chunks(bytes), {
          ...PDF,
          mediaType: 'image/jpeg',
          name: 'lain.jpg',
        });
        expect(again).toEqual(first);
        expect(await store.about(P, first.digest)).toEqual(first);
        expect(await all(await store.read(P, first.digest))).toEqual(bytes);
      },

      'programmes are apart': async () => {
        const bytes = Buffer.from('satu berkas');
        const { digest } = await store.put(P, chunks(bytes), PDF);
        expect(await store.about('batu.2023', digest)).toBeUndefined();
        expect(await store.read('batu.2023', digest)).toBeUndefined();
        await store.put('batu.2023', chunks(bytes), { ...PDF, name: 'milik batu' });
        expect((await store.about('batu.2023', digest))?.name).toBe('milik batu');
        expect((await store.about(P, digest))?.name).toBeUndefined();
      },

      'what was never put is not there, nor is what is no digest': async () => {
        for (const digest of [digestOf(Buffer.from('nothing')), '', '../../etc/passwd', 'A'.repeat(64)]) {
          expect(await store.about(P, digest)).toBeUndefined();
          expect(await store.read(P, digest)).toBeUndefined();
        }
        expect(await store.about('../malang.2023', digestOf(Buffer.alloc(0)))).toBeUndefined();
        await expect(store.put('../malang.2023', chunks(Buffer.from('x')), PDF)).rejects.toThrow(RangeError);
      },

      'a file of the limit is kept; of one above it nothing is': async () => {
        const bytes = Buffer.alloc(10_000, 1);
        await store.put(P, chunks(bytes), { ...PDF, limit: 10_000 });
        const larger = Buffer.alloc(10_001, 1);
        const attempt = store.put(P, chunks(larger), { ...PDF, limit: 10_000 });
        await expect(attempt).rejects.toThrow(EvidenceTooLarge);
        expect(await store.about(P, digestOf(larger))).toBeUndefined();
        expect(await store.read(P, digestOf(larger))).toBeUndefined();
      },

      'one above the limit is refused before it has come whole': async () => {
        let taken = 0;
        async function* endless(): AsyncGenerator<Uint8Array> {
          for (;;) {
            taken++;
            yield Buffer.alloc(1_000);
          }
        }
        await expect(store.put(P, endless(), { ...PDF, limit: 5_000 })).rejects.toThrow(EvidenceTooLarge);
        expect(taken).toBeLessThan(20);
      },

      'a file that stopped coming is not kept, and can come again': async () => {
        const bytes = Buffer.from('putus di tengah jalan');
        async function* broken(): AsyncGenerator<Uint8Array> {
          yield bytes.subarray(0, 5);
          throw new Error('connection lost');
        }
        await expect(store.put(P, broken(), PDF)).rejects.toThrow('connection lost');
        expect(await store.about(P, digestOf(bytes.subarray(0, 5)))).toBeUndefined();
        const { digest } = await store.put(P, chunks(bytes), PDF);
        expect(await all(await store.read(P, digest))).toEqual(bytes);
      },

      'many may put one file, and other files, at once': async () => {
        const files = Array.from({ length: 24 }, (_, n) => Buffer.from(`berkas ${String(n % 6)}`));
        const put = await Promise.all(files.map((bytes) => store.put(P, chunks(bytes, 3), PDF)));
        for (const [n, { digest }] of put.entries()) {
          expect(digest).toBe(digestOf(files[n]!));
          expect(await all(await store.read(P, digest))).toEqual(files[n]);
        }
      },

      'everything is there after a restart': async () => {
        const bytes = Buffer.from('tetap ada');
        const put = await store.put(P, chunks(bytes), { ...PDF, name: 'tetap.pdf' });
        await fixture.reopen();
        expect(await fixture.store.about(P, put.digest)).toEqual(put);
        expect(await all(await fixture.store.read(P, put.digest))).toEqual(bytes);
      },
    };
    contractTests(tests, skips);
  });
}
