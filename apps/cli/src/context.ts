import path from 'node:path';
import { type Config, type Language, readConfig, type RuleText as Sentence } from '@jejak/runtime';

export type { Language, Sentence };

/** The exit codes of every command; `partly`: it was done, though not with all that was given. */
export const EXIT = { done: 0, refused: 1, usage: 2, unavailable: 3, partly: 4 } as const;

/** What every command has to do with. */
export interface Context {
  readonly config: Config;
  readonly language: Language;
  /** a line for whoever reads the result */
  readonly out: (line: string) => void;
  /** a line for whoever watches */
  readonly err: (line: string) => void;
  /** the sentence in the user's language */
  readonly say: (sentence: Sentence) => string;
}

export interface GlobalOptions {
  readonly data?: string;
  readonly lang?: Language;
}

/** `LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`, as gettext reads them. */
export function languageOf(environment: NodeJS.ProcessEnv): Language {
  const { LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = environment;
  const set = [LANGUAGE, LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  return /^(?:id|in)(?:[_.@:-]|$)/i.test(set ?? '') ? 'id' : 'en';
}

/** @throws BadConfig */
export function contextOf({ data, lang }: GlobalOptions, environment: NodeJS.ProcessEnv): Context {
  const language = lang ?? languageOf(environment);
  const { config } = readConfig(environment);
  return {
    config: data === undefined ? config : { ...config, dataDirectory: path.resolve(data) },
    language,
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    say: (sentence) => sentence[language],
  };
}
