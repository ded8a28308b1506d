import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { phaseCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'phase';
const of = phaseCommands;
const fill = { phase: 'phase' } as const;

@ApiTags('phases')
@Controller('v1/programmes/:programme/phases')
export class PhasesController extends JejakController {
  @QuestionRoute('', questions.phases, 'The phases, and what the snapshot of each is now.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(':phase', questions.phase, 'A phase: its dates, closings, seals and scores.')
  one(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(
    ':phase/snapshot',
    questions.phaseSnapshot,
    'Its snapshot: live, sealing, sealed or reopened; for the public, what is published.',
  )
  snapshot(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(':phase/seals', questions.seals, 'Its seals, without their snapshots.')
  seals(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(':phase/seals/:seal', questions.seal, 'A seal, as it was stored.')
  seal(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(
    ':phase/restated',
    questions.restated,
    'The latest seal, or another, beside what is known now, with the events that make the difference.',
  )
  restated(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute('', { kind, of, type: 'SchedulePhase', creates: true, summary: 'Schedules a phase.' })
  schedule(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':phase/dates', {
    kind,
    of,
    type: 'ReschedulePhase',
    fill,
    summary: 'Gives it other dates, while it was never closed.',
  })
  reschedule(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':phase/open', { kind, of, type: 'OpenPhase', fill, summary: 'Opens it.' })
  open(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':phase/close', {
    kind,
    of,
    type: 'ClosePhase',
    fill,
    summary: 'Closes it; it is sealed by itself then.',
  })
  close(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':phase/reopen', {
    kind,
    of,
    type: 'ReopenPhase',
    fill,
    summary: 'Opens it again, with a reason.',
  })
  reopen(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':phase/publications', {
    kind,
    of,
    type: 'PublishPhase',
    fill,
    creates: true,
    summary: 'Publishes a seal.',
  })
  publish(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':phase/scores', {
    kind,
    of,
    type: 'ScoreAspect',
    fill,
    creates: true,
    summary: 'Scores one of the five aspects.',
  })
  score(@Command() sent: Sent) {
    return this.submit(sent);
  }
}
