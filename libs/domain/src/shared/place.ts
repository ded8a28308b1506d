import { type Command, defineRules, INSTALLATION, MAIN } from '@jejak/core';

/** Rules on where a stream may lie (semantics 1). */
export const placeRules = defineRules({
  'not-a-programme': {
    en: '"{programme}" is not a programme: it is a name and a year, such as malang.2023.',
    id: '"{programme}" bukan program: program berupa nama dan tahun, misalnya malang.2023.',
  },
  'not-the-main-stream': {
    en: 'A programme has a single stream of this kind, and its code is "main", not "{code}".',
    id: 'Program hanya memiliki satu aliran jenis ini, dan kodenya "main", bukan "{code}".',
  },
  'not-the-installation': {
    en: 'Accounts belong to the installation, not to programme {programme}.',
    id: 'Akun adalah milik instalasi, bukan milik program {programme}.',
  },
});

type Place = Pick<Command, 'programme' | 'code'>;

/** @throws Refusal `not-a-programme` */
export function mustBeInProgramme({ programme }: Place): void {
  if (programme === INSTALLATION) throw placeRules('not-a-programme', { programme });
}

/** @throws Refusal `not-the-main-stream` */
export function mustBeMain({ code }: Place): void {
  if (code !== MAIN) throw placeRules('not-the-main-stream', { code });
}

/** @throws Refusal `not-the-installation` */
export function mustBeInInstallation({ programme }: Place): void {
  if (programme !== INSTALLATION) throw placeRules('not-the-installation', { programme });
}
