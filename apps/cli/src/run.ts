import { KIND_NAMES, VIEW_NAMES } from '@jejak/runtime';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import {
  changePassword,
  createAccount,
  giveAccount,
  listAccounts,
  setExternalSubject,
} from './commands/account';
import { copyLogs } from './commands/copy-log';
import { exportKind, template } from './commands/export';
import { importFile } from './commands/import';
import { replay } from './commands/replay';
import { backup, check, importHistory, rebuild, restore } from './commands/upkeep';
import { type Context, contextOf, EXIT, type GlobalOptions, languageOf } from './context';
import { explained, inIndonesian } from './errors';

/**
 * Runs a command line.
 *
 * @param args without the names of Node and of the program
 * @returns the exit code: 0 done, 1 refused or not valid, 2 a wrong command line, 3 not possible at the moment, 4 done but for
 *   rows that were skipped
 */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  let code: number = EXIT.done;
  const { lang } = globalsIn(args);
  const language = lang ?? languageOf(environment);
  /** What a command does, with its context. */
  const doing =
    <A extends unknown[]>(work: (context: Context, ...args: A) => Promise<number>) =>
    async (...given: [...A, ...unknown[]]): Promise<void> => {
      const command = given.at(-1) as Command;
      const context = contextOf(command.optsWithGlobals<GlobalOptions>(), environment);
      code = await work(context, ...(given.slice(0, -1) as unknown as A));
    };
  try {
    const program = programOf(doing);
    forAll(program, (each) =>
      each.configureOutput({
        outputError: (text, write) => write(language === 'id' ? inIndonesian(text) : text),
      }),
    );
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { text, exit } = explained(error, language);
    process.stderr.write(`${text}\n`);
    return exit;
  }
}

/** The language that was asked for, before anything else of the command line is understood. */
function globalsIn(args: readonly string[]): Pick<GlobalOptions, 'lang'> {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const value = at === -1 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
  return value === 'id' || value === 'en' ? { lang: value } : {};
}

function forAll(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const each of command.commands) forAll(each, change);
}

type Doing = <A extends unknown[]>(
  work: (context: Context, ...args: A) => Promise<number>,
) => (...given: [...A, ...unknown[]]) => Promise<void>;

const EXIT_CODES = `
Exit codes: 0 done; 1 refused, or something is not valid; 2 a wrong command line; 3 not possible at the moment;
4 done, but for rows that were skipped (import --skip-invalid).
Commands that write go through the server while one runs on the data directory, and take the directory otherwise.`;

function programOf(doing: Doing): Command {
  const program = new Command('jejak')
    .description('Event-sourced progress tracking for city programmes: the command line of an installation.')
    .option('--data <directory>', 'the data directory (default: JEJAK_DATA, or ./data)')
    .addOption(
      new Option('--lang <language>', 'of messages and headings (default: by LANG)').choices(['id', 'en']),
    )
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(jejak --help)')
    .exitOverride();

  program.commandsGroup('Data in and out:');
  addImport(program, doing);
  addExport(program, doing);
  addTemplate(program, doing);
  program
    .command('import-history <file>')
    .description('carry out a history: commands with their moments, for a programme that has no events yet')
    .addHelpText('after', example('jejak import-history kota-2022.jsonl'))
    .action(doing(importHistory));
  program.commandsGroup('Accounts:');
  addAccount(program, doing);
  program.commandsGroup('Operating:');
  addUpkeep(program, doing);
  return program;
}

const example = (...lines: readonly string[]): string =>
  `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;

const programmeOption = (): Option =>
  new Option('-p, --programme <programme>', 'the programme, such as malang.2023').makeOptionMandatory();
const asOption = (): Option => new Option('--as <login>', 'whose import it is: the login of an account');
const kindArgument = (): Argument =>
  new Argument('<kind>', 'what to write; all gives a workbook with every kind').choices([
    ...KIND_NAMES,
    'all',
  ]);

function addImport(program: Command, doing: Doing): void {
  program
    .command('import <file>')
    .description(
      'import a CSV or XLSX file: every row is checked first, and nothing is recorded unless all are valid',
    )
    .addOption(programmeOption())
    .addOption(asOption().makeOptionMandatory())
    .option('--agency <code>', 'for an officer of several agencies: the one acted for')
    .addOption(
      new Option('--kind <kind>', 'what the file holds, where its headings do not tell').choices(KIND_NAMES),
    )
    .option('--reason <text>', 'why, for rows that say none themselves')
    .option('--dry-run', 'only say what each row would do')
    .option(
      '--skip-invalid',
      'record the rows that are valid, though others are not; where rows were skipped, the exit code is 4',
    )
    .option('--json', 'print every row and the summary as JSON, a line each')
    .addHelpText(
      'after',
      example(
        'jejak import realisasi.xlsx -p malang.2023 --as sekretariat --dry-run',
        'jejak import sp2d.csv -p malang.2023 --as diskominfo --kind disbursements',
        'jejak import capaian.csv -p malang.2023 --as sekretariat --reason "Disampaikan lewat surat"',
      ) + '\n\nA run that was cut off is gone on with by the same command.',
    )
    .action(doing(importFile));
}

function addExport(program: Command, doing: Doing): void {
  program
    .command('export')
    .addArgument(kindArgument())
    .description('write what stands as CSV or XLSX, in the columns that can be imported')
    .addOption(programmeOption())
    .option('-o, --out <file>', 'the file to write (default: standard output)')
    .addOption(new Option('--format <format>', 'by the file name, else csv').choices(['csv', 'xlsx']))
    .addOption(
      new Option('--delimiter <delimiter>', 'between the cells of a CSV (default: ;)').choices([';', ',']),
    )
    .option(
      '--cut-off <day>',
      'what stands on that day (default: today, or the last day of the programme)',
      day,
    )
    .option('--known-at <index or moment>', 'what was known then')
    .addOption(new Option('--as <login>', 'check the roles of this account, and name it in the access log'))
    .addHelpText(
      'after',
      example(
        'jejak export actions -p malang.2023 -o aksi.csv',
        'jejak export all -p malang.2023 -o malang.xlsx --cut-off 2023-11-09',
      ),
    )
    .action(doing(exportKind));
}

function addTemplate(program: Command, doing: Doing): void {
  program
    .command('template')
    .addArgument(kindArgument())
    .description('write a workbook to be filled in, with drop-downs and an explanation')
    .option('-p, --programme <programme>', 'whose agencies, dimensions and periods it offers')
    .option('-o, --out <file>', 'the file to write (default: jejak-<kind>.xlsx)')
    .addHelpText('after', example('jejak template all -p malang.2023 -o isian.xlsx'))
    .action(doing(template));
}

function addAccount(program: Command, doing: Doing): void {
  const account = program.command('account').description('accounts of the installation');
  account
    .command('create')
    .description('open an account; prints its subject. The first operator of an installation comes so')
    .requiredOption('--login <login>', 'what the person types to sign in')
    .requiredOption('--name <name>', "the person's name; kept outside the log")
    .option('--operator', 'make it an operator of the installation')
    .option('--service', "a program's account, not a person's")
    .option('--no-password', 'an account that cannot sign in with a password')
    .option('--password-stdin', 'take the password from standard input instead of asking for it')
    .option(
      '--oidc-subject <subject>',
      'who it is at the identity provider (claim sub); no password is asked for then',
    )
    .addHelpText(
      'after',
      example(
        'jejak account create --login sari --name "Sari Dewi" --operator',
        'jejak account create --login budi --name "Budi" --password-stdin < password.txt',
        'jejak account create --login sp2d --name "Treasury" --service --oidc-subject treasury-client',
      ),
    )
    .action(doing(createAccount));
  account
    .command('list')
    .description('the accounts: login, name, subject, state, and issuer and subject at the identity provider')
    .addHelpText('after', example('jejak account list'))
    .action(doing(listAccounts));
  account
    .command('password <login>')
    .description('set a password; what was signed in with the old one is signed out')
    .option('--password-stdin', 'take the password from standard input instead of asking for it')
    .addHelpText('after', example('jejak account password sari'))
    .action(doing(changePassword));
  account
    .command('oidc-subject <login> [subject]')
    .description('say whose account it is at the identity provider; it counts at once')
    .option('--remove', "nobody's: tokens of the provider are no longer its")
    .addHelpText(
      'after',
      example('jejak account oidc-subject sari 4e1a3c7e-…', 'jejak account oidc-subject sari --remove'),
    )
    .action(doing(setExternalSubject));
  const about = [
    ['close', 'CloseAccount', 'close an account, for good'],
    ['grant-operator', 'GrantOperator', 'make an account an operator of the installation'],
    ['revoke-operator', 'RevokeOperator', 'make an operator one no more'],
  ] as const;
  for (const [name, type, description] of about) {
    account
      .command(`${name} <login>`)
      .description(description)
      .addHelpText('after', example(`jejak account ${name} sari`))
      .action(doing((context, login: string) => giveAccount(context, type, login)));
  }
}

function addUpkeep(program: Command, doing: Doing): void {
  program
    .command('backup <directory>')
    .description(
      'copy log, accounts and evidence, also while a server runs, with a manifest that proves them whole',
    )
    .addHelpText('after', example('jejak backup /srv/backup/jejak-2023-12-01'))
    .action(doing(backup));
  program
    .command('restore <backup>')
    .description('make an empty data directory of a backup, after proving that it is whole')
    .addHelpText('after', example('jejak --data /srv/jejak restore /srv/backup/jejak-2023-12-01'))
    .action(doing(restore));
  program
    .command('rebuild [views...]')
    .description(`build views anew from the log; no server may run (${VIEW_NAMES.join(', ')})`)
    .addHelpText('after', example('jejak rebuild', 'jejak rebuild budget csr'))
    .action(doing(rebuild));
  program
    .command('check')
    .description('hold databases, events, seals and stored views against the log; changes nothing')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', example('jejak check'))
    .action(doing(check));
  addCopyLog(program, doing);
  program
    .command('replay')
    .description('print how a programme stood, from what was known at a moment or an index')
    .addOption(programmeOption())
    .addOption(new Option('--at <moment>', 'what was known at that moment (ISO 8601)').conflicts('knownAt'))
    .addOption(new Option('--known-at <index>', "what was known at that index of the programme's events"))
    .option(
      '--cut-off <day>',
      'the last day that counts (default: today, or the last day of the programme)',
      day,
    )
    .option('--phase <phase>', 'the phase that it is the snapshot of')
    .option('--json', 'print the whole snapshot as JSON')
    .addHelpText(
      'after',
      example(
        'jejak replay -p malang.2023 --at 2023-11-09T08:00:00Z --cut-off 2023-11-09',
        'jejak replay -p malang.2023 --known-at 412',
      ),
    )
    .action(doing(replay));
}

function addCopyLog(program: Command, doing: Doing): void {
  program
    .command('copy-log')
    .description(
      "copy a programme's events from one installation to another, as they are, with its evidence; with --finish it moves",
    )
    .requiredOption(
      '-p, --programme <programme>',
      'the programme, or installation (only into an empty log, first)',
    )
    .requiredOption(
      '--from <log>',
      'a data directory, esdb://…, or servers: those of EVENTSTORE_URL and MONGODB_URL',
    )
    .option('--to <log>', 'likewise; a directory is made where there is none')
    .option('--from-mongodb <address>', 'the MongoDB beside --from esdb://… (default: MONGODB_URL)')
    .option('--to-mongodb <address>', 'the MongoDB beside --to esdb://… (default: MONGODB_URL)')
    .option(
      '--finish',
      'move: shut the programme at the source, copy the rest, verify every event, bring its people, open it at the target',
    )
    .addOption(
      new Option(
        '--abandon',
        'open a programme at --from again whose move was begun and not finished',
      ).conflicts(['finish', 'to']),
    )
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      example(
        'jejak copy-log -p malang.2023 --from /var/lib/jejak --to servers',
        'jejak copy-log -p malang.2023 --from /var/lib/jejak --to servers --finish',
        'jejak copy-log -p malang.2023 --from servers --to ./malang --finish',
      ) + COPYING,
    )
    .action(doing(copyLogs));
}

const COPYING = `

A run that was cut off is gone on with by the same command. Without --finish a server may run on the source, and nothing can
be recorded at the target yet. With --finish no server may run on a source directory; of servers, the api and worker processes
may go on. No server may run on a target directory. Kafka is not needed: the relay of the target publishes what has come.`;

function day(text: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return text;
  throw new InvalidArgumentError('A day is written 2023-12-31.');
}
