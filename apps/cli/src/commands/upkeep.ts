import { readFile } from 'node:fs/promises';
import {
  backup as backUp,
  type BackupStage,
  check as checkAll,
  type Checked,
  importHistory as importAll,
  parseHistory,
  rebuild as rebuildAll,
  restore as restoreAll,
} from '@jejak/runtime';
import { type Context, EXIT, type Sentence } from '../context';
import { watched } from '../progress';
import { mustBeOneMachine } from '../service';

const STAGES: { readonly [S in BackupStage]: Sentence } = {
  log: { en: 'Copying the log', id: 'Menyalin log' },
  accounts: { en: 'Copying accounts', id: 'Menyalin akun' },
  evidence: { en: 'Copying evidence', id: 'Menyalin bukti' },
  verifying: { en: 'Verifying', id: 'Memverifikasi' },
};

/** Backs the data directory up, also while it is in use. Gives the exit code. */
export async function backup(context: Context, target: string): Promise<number> {
  mustBeOneMachine(context);
  const { events, files } = await watched((update) =>
    backUp(context.config.dataDirectory, target, (stage, done, total) =>
      update(context.say(STAGES[stage]), done, total),
    ),
  );
  const [e, f] = [String(events), String(files.length)];
  context.out(
    context.say({ en: `${target}: ${e} events, ${f} files`, id: `${target}: ${e} kejadian, ${f} berkas` }),
  );
  return EXIT.done;
}

/** Puts a backup into an empty data directory. Gives the exit code. */
export async function restore(context: Context, source: string): Promise<number> {
  mustBeOneMachine(context);
  const { dataDirectory } = context.config;
  const { events, createdAt } = await watched((update) =>
    restoreAll(source, dataDirectory, (stage, done, total) =>
      update(context.say(STAGES[stage]), done, total),
    ),
  );
  context.out(
    context.say({
      en: `${dataDirectory}: ${String(events)} events as of ${createdAt}. The next start builds the views.`,
      id: `${dataDirectory}: ${String(events)} kejadian per ${createdAt}. Tampilan dibangun saat server dimulai.`,
    }),
  );
  return EXIT.done;
}

/** Builds views anew from the log: those that are named, or all. Gives the exit code. */
export async function rebuild(context: Context, names: readonly string[]): Promise<number> {
  mustBeOneMachine(context);
  const built = await watched((update) =>
    rebuildAll(context.config.dataDirectory, names, (done, total) => {
      update(context.say({ en: 'Folding events', id: 'Melipat kejadian' }), done, total);
    }),
  );
  context.out(built.join(', '));
  return EXIT.done;
}

const LOOKED: { readonly [W in Checked['what']]: Sentence } = {
  databases: { en: 'databases', id: 'basis data' },
  log: { en: 'events', id: 'kejadian' },
  seals: { en: 'seals', id: 'segel' },
  views: { en: 'stored documents', id: 'dokumen tersimpan' },
};

/** Looks whether databases, log, views and evidence are sound. Gives the exit code. */
export async function check(context: Context, { json }: { readonly json?: true }): Promise<number> {
  mustBeOneMachine(context);
  const found = await watched((update) =>
    checkAll(context.config.dataDirectory, (what, done, total) =>
      update(context.say(LOOKED[what]), done, total),
    ),
  );
  const sound = found.every(({ problems }) => problems.length === 0);
  if (json === true) context.out(JSON.stringify(found, null, 2));
  else {
    for (const { what, looked, problems, skipped } of found) {
      const verdict =
        problems.length === 0
          ? context.say({ en: 'sound', id: 'baik' })
          : context.say({ en: 'NOT SOUND', id: 'BERMASALAH' });
      context.out(`${String(looked)} ${context.say(LOOKED[what])}: ${verdict}`);
      for (const problem of problems) context.out(`  ${problem}`);
      for (const reason of skipped)
        context.out(`  (${context.say({ en: 'not looked at', id: 'tidak diperiksa' })}: ${reason})`);
    }
  }
  return sound ? EXIT.done : EXIT.refused;
}

/** Carries out a history's commands, or what is left of them. Gives the exit code. */
export async function importHistory(context: Context, file: string): Promise<number> {
  mustBeOneMachine(context);
  const history = parseHistory(await readFile(file, 'utf8'), Date.now());
  const { programme, commands, repeated, opened } = await watched((update) =>
    importAll(context.config, history, (done, total) => {
      update(context.say({ en: 'Carrying out commands', id: 'Menjalankan perintah' }), done, total);
    }),
  );
  const [all, old] = [String(commands), String(repeated)];
  context.out(
    context.say({
      en: `${programme}: ${all} commands carried out, ${old} of them before.`,
      id: `${programme}: ${all} perintah dijalankan, ${old} di antaranya sudah pernah.`,
    }),
  );
  const logins = history.header.accounts.flatMap(({ subject, login }) =>
    opened.includes(subject) ? login : [],
  );
  if (logins.length > 0) {
    context.out(
      context.say({
        en: 'These accounts were opened, and have no password yet. Set one for each who is to sign in:',
        id: 'Akun berikut dibuka dan belum memiliki kata sandi. Tetapkan untuk setiap orang yang perlu masuk:',
      }),
    );
    for (const login of logins) context.out(`  jejak account password ${login}`);
  }
  return EXIT.done;
}
