import path from 'node:path';
import {
  abandonCopy,
  type Address,
  type Copied,
  type CopiedPerson,
  copyLog,
  type CopyStage,
} from '@jejak/runtime';
import { type Context, EXIT, type Sentence } from '../context';
import { Refused } from '../errors';
import { watched } from '../progress';

export interface CopyLogOptions {
  readonly programme: string;
  readonly from: string;
  readonly to?: string;
  readonly fromMongodb?: string;
  readonly toMongodb?: string;
  readonly finish?: true;
  readonly abandon?: true;
  readonly json?: true;
}

const STAGES: { readonly [S in CopyStage]: Sentence } = {
  comparing: { en: 'Comparing', id: 'Membandingkan' },
  copying: { en: 'Copying events', id: 'Menyalin kejadian' },
  evidence: { en: 'Copying evidence', id: 'Menyalin bukti' },
  people: { en: 'Bringing people along', id: 'Membawa data orang' },
  verifying: { en: 'Verifying', id: 'Memverifikasi' },
};

/** Copies a programme from one log to another, or gives a move up. Gives the exit code. @throws CopyRefused */
export async function copyLogs(context: Context, options: CopyLogOptions): Promise<number> {
  const { programme, finish = false } = options;
  const from = addressOf(context, '--from', options.from, options.fromMongodb);
  if (options.abandon === true) {
    await abandonCopy(programme, from);
    context.out(
      context.say({
        en: `${programme} goes on in the source.`,
        id: `${programme} berlanjut di sumber.`,
      }),
    );
    return EXIT.done;
  }
  if (options.to === undefined)
    throw usage({ en: 'Name the target with --to.', id: 'Sebutkan tujuan dengan --to.' });
  const to = addressOf(context, '--to', options.to, options.toMongodb);
  const copied = await watched((update) =>
    copyLog({ programme, from, to, finish }, (stage, done, total) =>
      update(context.say(STAGES[stage]), done, total),
    ),
  );
  if (options.json === true) context.out(JSON.stringify(copied, null, 2));
  else show(context, copied);
  const { missing, damaged } = copied.evidence;
  return missing.length + damaged.length > 0 ? EXIT.partly : EXIT.done;
}

/** What stands for the servers that the environment names, so that no password shows among the machine's processes. */
const SERVERS = 'servers';

/** @throws Refused for an address of servers that is not whole */
function addressOf(
  { config }: Context,
  option: '--from' | '--to',
  given: string,
  mongodb: string | undefined,
): Address {
  const eventStoreUrl = given === SERVERS ? config.eventStoreUrl : given;
  const mongoUrl = mongodb ?? config.mongoUrl;
  if (given !== SERVERS && !/^esdb(\+discover)?:\/\//.test(given)) {
    // A mistyped address is no directory: it may hold a password, which is not repeated.
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) throw usage(NO_ADDRESS);
    return { kind: 'directory', directory: path.resolve(given) };
  }
  if (eventStoreUrl !== '' && mongoUrl !== '') return { kind: 'servers', eventStoreUrl, mongoUrl };
  throw usage({
    en: `${option} names servers: set EVENTSTORE_URL for \`${SERVERS}\`, and name the MongoDB of the same installation with ${option}-mongodb or MONGODB_URL.`,
    id: `${option} menunjuk server: isi EVENTSTORE_URL untuk \`${SERVERS}\`, dan sebutkan MongoDB instalasi yang sama dengan ${option}-mongodb atau MONGODB_URL.`,
  });
}

const NO_ADDRESS: Sentence = {
  en: 'An address of servers begins with esdb:// or esdb+discover://; anything else is a directory.',
  id: 'Alamat server diawali esdb:// atau esdb+discover://; selain itu adalah direktori.',
};

const usage = (sentence: Sentence): Refused => new Refused(sentence, EXIT.usage);

function show({ out, say }: Context, copied: Copied): void {
  const { programme, events, root, ready, before, evidence, people } = copied;
  const [count, news] = [String(events), String(copied.copied)];
  out(
    say({
      en: `${programme}: ${count} events in both logs, ${news} of them copied now; the same order, the same digests.`,
      id: `${programme}: ${count} kejadian di kedua log, ${news} di antaranya baru disalin; urutan dan digest sama.`,
    }),
  );
  out(`${say({ en: 'Merkle root', id: 'Akar Merkle' })}: ${root}`);
  const files = [evidence.copied, evidence.there].map(String);
  if (!before)
    out(
      say({
        en: `Evidence: ${files[0] ?? ''} files copied, ${files[1] ?? ''} there before.`,
        id: `Bukti: ${files[0] ?? ''} berkas disalin, ${files[1] ?? ''} sudah ada.`,
      }),
    );
  for (const digest of evidence.missing)
    out(`  ${digest}: ${say({ en: 'the source does not have it', id: 'tidak ada di sumber' })}`);
  for (const digest of evidence.damaged)
    out(
      `  ${digest}: ${say({ en: 'DAMAGED at the source, not copied', id: 'RUSAK di sumber, tidak disalin' })}`,
    );
  for (const person of people) out(`  ${person.login || '–'}\t${person.subject}\t${said(person, say)}`);
  out(say(ready ? (before ? BEFORE : READY) : NOT_YET));
}

const READY: Sentence = {
  en: 'Ready: the programme goes on in the target. The source answers what is read, and records nothing of it.',
  id: 'Siap: program berlanjut di tujuan. Sumber tetap menjawab pembacaan, dan tidak mencatat apa pun lagi.',
};
const BEFORE: Sentence = {
  en: 'Ready: the programme moved to the target before, and goes on there.',
  id: 'Siap: program sudah pindah ke tujuan sebelumnya, dan berlanjut di sana.',
};
const NOT_YET: Sentence = {
  en: 'The source goes on. Run the same command again for what comes, with --finish to move the programme.',
  id: 'Sumber masih berjalan. Jalankan lagi untuk yang berikutnya, dengan --finish untuk memindahkan program.',
};

function said({ outcome, renamed, externalTaken }: CopiedPerson, say: Context['say']): string {
  const words: { readonly [O in CopiedPerson['outcome']]: Sentence } = {
    opened: { en: 'account opened', id: 'akun dibuka' },
    there: { en: 'there before, as it is', id: 'sudah ada, tidak diubah' },
    named: {
      en: 'name only: no role, or no open account',
      id: 'nama saja: tanpa peran atau tanpa akun aktif',
    },
  };
  const other =
    outcome === 'there'
      ? { en: `signs in as ${renamed ?? ''} there`, id: `di sana masuk sebagai ${renamed ?? ''}` }
      : {
          en: `the login is taken: signs in as ${renamed ?? ''}`,
          id: `nama pengguna terpakai: masuk sebagai ${renamed ?? ''}`,
        };
  const external = {
    en: 'another account has the identity at the provider',
    id: 'identitas pada penyedia dipakai akun lain',
  };
  return [
    say(words[outcome]),
    ...(renamed === undefined ? [] : [say(other)]),
    ...(externalTaken === true ? [say(external)] : []),
  ].join('; ');
}
