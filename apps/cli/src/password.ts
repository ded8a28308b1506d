import { text } from 'node:stream/consumers';
import type { Context } from './context';
import { Refused } from './errors';
import { EXIT } from './context';

const END = /[\r\n]/;
const INTERRUPT = '\u0003';
const BACKSPACE = /[\b\u007f]/;

/**
 * A new password: the first line of standard input, or typed twice without being shown.
 *
 * @throws Refused where it cannot be asked for, or the two are not the same
 */
export async function newPassword(context: Context, fromStdin: boolean): Promise<string> {
  if (fromStdin) return ((await text(process.stdin)).split(/\r?\n/)[0] ?? '').normalize('NFC');
  if (!process.stdin.isTTY) {
    throw new Refused(
      {
        en: 'There is no terminal to ask for the password on: give it on standard input with --password-stdin.',
        id: 'Tidak ada terminal untuk menanyakan kata sandi: berikan lewat masukan standar dengan --password-stdin.',
      },
      EXIT.usage,
    );
  }
  const first = await hidden(context.say({ en: 'Password: ', id: 'Kata sandi: ' }));
  const second = await hidden(context.say({ en: 'Once more: ', id: 'Sekali lagi: ' }));
  if (first === second) return first;
  throw new Refused({ en: 'The two are not the same.', id: 'Keduanya tidak sama.' });
}

/** A line that is typed without being shown. */
async function hidden(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const character of chunk as string) {
        if (character === INTERRUPT) throw new Refused({ en: 'Given up.', id: 'Dibatalkan.' });
        if (END.test(character)) return typed.normalize('NFC');
        typed = BACKSPACE.test(character) ? Array.from(typed).slice(0, -1).join('') : typed + character;
      }
    }
    return typed.normalize('NFC');
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
