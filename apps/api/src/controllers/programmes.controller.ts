import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { programmeCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'programme';
const of = programmeCommands;

@ApiTags('programmes')
@Controller('v1/programmes')
export class ProgrammesController extends JejakController {
  @QuestionRoute('', questions.programmes, 'All programmes, side by side.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }
}

@ApiTags('programmes')
@Controller('v1/programmes/:programme')
export class ProgrammeController extends JejakController {
  @QuestionRoute('', questions.programme, 'A programme: its dates, dimensions, rule, agencies and phases.')
  one(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute('', {
    kind,
    of,
    type: 'EstablishProgramme',
    creates: true,
    summary: 'Establishes a programme.',
  })
  establish(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('rules', {
    kind,
    of,
    type: 'ReviseFulfilmentRule',
    summary: 'Sets how fulfilment is figured out, from a day on.',
  })
  reviseRule(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('late-policy', {
    kind,
    of,
    type: 'SetLateReportingPolicy',
    summary: 'Sets what a late report needs.',
  })
  setLatePolicy(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('agencies', {
    kind,
    of,
    type: 'EnrolAgency',
    creates: true,
    summary: 'Enrols an agency, from a day on.',
  })
  enrol(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('agencies/:agency/withdrawal', {
    kind,
    of,
    type: 'WithdrawAgency',
    fill: { agency: 'agency' },
    summary: 'Withdraws an agency, from a day on.',
  })
  withdrawAgency(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @QuestionRoute('snapshot', questions.snapshot, 'How the programme stands: figures, budget and CSR.')
  snapshot(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('fulfilment', questions.fulfilment, 'The figures, and beside them those of another rule.')
  fulfilment(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('figures', questions.explain, 'How a figure came about, down to the events.')
  figures(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(
    'audit-trail',
    questions.auditTrail,
    'Who did what, when it happened, when it was recorded, and why.',
  )
  auditTrail(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('access-log', questions.accessLog, 'Sign-ins, exports and refused authorisations.')
  accessLog(@Question() asked: Asked) {
    return this.answer(asked);
  }
}
