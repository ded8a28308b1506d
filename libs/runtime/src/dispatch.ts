import { defineRules, type Json, parseStream, type Receipt, Refusal, type Submission } from '@jejak/core';
import { Inject } from '@nestjs/common';
import {
  Command,
  CommandHandler,
  type ICommandHandler,
  type IQueryHandler,
  Query,
  QueryHandler,
} from '@nestjs/cqrs';
import { type Answered, InvalidParams } from './ask/ask';
import type { QuestionType, Sought } from './ask/questions';
import { subjectsIn } from './ask/subjects';
import { type Caller, NotAllowed } from './guard';
import { JEJAK, type Jejak } from './jejak';
import { NotSignedIn } from './signed-in';

/** A command as a caller sends it; the guard makes an actor of the caller. */
export interface Sent extends Omit<Submission, 'actor'> {
  readonly caller: Caller;
}

/** What carrying out commands takes. */
export type Submitting = Pick<Jejak, 'guard' | 'commands' | 'evidence'>;

/** Rules about what is kept outside the programme's streams. */
export const dispatchRules = defineRules({
  'evidence-unknown': {
    en: 'No such file was brought here: bring it first, and name its digest, size and media type.',
    id: 'Berkas itu belum diserahkan di sini: unggah dulu, lalu sebut digest, ukuran, dan jenis medianya.',
  },
  'subject-unknown': {
    en: '{subject} has no open account.',
    id: '{subject} tidak memiliki akun yang terbuka.',
  },
});

const NOT_OF_THE_PAST = {
  en: 'This cannot be asked of the past: leave it out.',
  id: 'Ini tidak dapat ditanyakan untuk masa lalu: hapus parameter ini.',
};

/** What is shown of an answer: itself, and the names of those it speaks of. */
export interface Shown extends Answered {
  /** subject > name, for callers who may see them */
  readonly names?: { readonly [subject: string]: string };
}

/**
 * Carries out a caller's command: the guard says in which roles he may give it, and the decider whether it holds. An
 * officer of several agencies who did not say for which he acts, acts for the one that has a part in it. A repeat of an
 * accepted command gets the first answer, whatever has become of those it names.
 *
 * @throws what the guard and run-command throw; Refusal `evidence-unknown`, `subject-unknown`
 */
export async function submit(parts: Submitting, sent: Sent): Promise<Receipt> {
  const { guard, commands } = parts;
  const [first, ...others] = await guard.actors(sent.caller, sent.stream, sent.type, sent.body);
  const refusal = await refusalOfUnknown(parts, sent);
  if (refusal !== undefined) {
    const before = await commands.firstAnswer({ ...sent, actor: first });
    if (before !== undefined) return before;
    throw refusal;
  }
  try {
    return await commands.run({ ...sent, actor: first });
  } catch (error) {
    for (const actor of others) {
      if (!isOfAnotherAgency(error)) break;
      try {
        return await commands.run({ ...sent, actor });
      } catch (another) {
        if (!isOfAnotherAgency(another)) throw another;
      }
    }
    throw error;
  }
}

/** What is refused of things that no stream of the programme tells. A body that does not fit is left to its schema. */
async function refusalOfUnknown(
  { guard, evidence }: Submitting,
  { type, stream, body }: Sent,
): Promise<Refusal | undefined> {
  const { kind, programme, code } = parseStream(stream);
  if (type === 'GrantRole' && kind === 'access' && !(await guard.isOpen(code)))
    return dispatchRules('subject-unknown', { subject: code });
  if (type !== 'AttachEvidence' || typeof body !== 'object' || body === null) return undefined;
  const { digest, bytes, mediaType } = body as { readonly [field: string]: Json | undefined };
  if (typeof digest !== 'string' || typeof bytes !== 'number' || typeof mediaType !== 'string')
    return undefined;
  const kept = await evidence.about(programme, digest);
  if (kept?.bytes !== bytes || kept.mediaType !== mediaType)
    return dispatchRules('evidence-unknown', {}, 'digest');
  return undefined;
}

function isOfAnotherAgency(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'not-your-agency';
}

/**
 * Answers a caller's question, if he may ask it.
 *
 * @throws what the guard and the question throw
 */
export async function ask(
  jejak: Jejak,
  question: QuestionType,
  sought: Sought,
  caller: Caller,
): Promise<Shown> {
  const { programme, knownAt } = sought;
  const role = await jejak.guard.reader(caller, programme, question.name, question.readers);
  if (knownAt !== undefined && role === 'public') {
    // Folding the past is dear, and what is published has no past.
    if (caller.subject === undefined) throw new NotSignedIn('sign-in-required');
    throw new NotAllowed(question.name, question.readers);
  }
  if (knownAt !== undefined && !question.ofThePast) {
    throw new InvalidParams([{ field: 'knownAt', message: NOT_OF_THE_PAST }]);
  }
  const { subject } = caller;
  const reader = { role, ...(subject !== undefined && { subject }) };
  const answered = await question.answer(jejak, sought, reader);
  if (role === 'public') return answered;
  const subjects = subjectsIn(answered.answer);
  if (subjects.length === 0) return answered;
  return { ...answered, names: Object.fromEntries(await jejak.credentials.names(subjects)) };
}

/** A command on the bus: every command is this one, since all are carried out alike. */
export class SubmitCommand extends Command<Receipt> {
  constructor(readonly sent: Sent) {
    super();
  }
}

@CommandHandler(SubmitCommand)
export class SubmitHandler implements ICommandHandler<SubmitCommand> {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  execute({ sent }: SubmitCommand): Promise<Receipt> {
    return submit(this.jejak, sent);
  }
}

/** A question on the bus. */
export class AskQuery extends Query<Shown> {
  constructor(
    readonly question: QuestionType,
    readonly sought: Sought,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(AskQuery)
export class AskHandler implements IQueryHandler<AskQuery> {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  execute({ question, sought, caller }: AskQuery): Promise<Shown> {
    return ask(this.jejak, question, sought, caller);
  }
}
