import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { actionCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'action';
const of = actionCommands;
const code = { in: 'path', name: 'action' } as const;

@ApiTags('actions')
@Controller('v1/programmes/:programme/actions')
export class ActionsController extends JejakController {
  @QuestionRoute('', questions.actions, 'The actions: filtered, sorted, in pages.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(':action', questions.action, 'An action, whole.')
  one(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute('', {
    kind,
    of,
    type: 'PlanAction',
    code: { in: 'body', name: 'code' },
    creates: true,
    summary: 'Plans an action or a quick win.',
  })
  plan(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/plan', {
    kind,
    of,
    type: 'ReplanAction',
    code,
    ifMatch: 'required',
    summary: 'Plans it anew, from a day on.',
  })
  replan(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/agencies', {
    kind,
    of,
    type: 'ReassignAction',
    code,
    summary: 'Gives it to other agencies, from a day on.',
  })
  reassign(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/withdrawal', {
    kind,
    of,
    type: 'WithdrawAction',
    code,
    summary: 'Withdraws it, from a day on.',
  })
  withdraw(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/progress', {
    kind,
    of,
    type: 'ReportProgress',
    code,
    creates: true,
    summary: 'Reports progress.',
  })
  reportProgress(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/progress-voids', {
    kind,
    of,
    type: 'VoidProgress',
    code,
    summary: 'Voids a report of progress.',
  })
  voidProgress(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/completions', {
    kind,
    of,
    type: 'CompleteAction',
    code,
    creates: true,
    summary: 'Reports that it is complete.',
  })
  complete(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/verifications', {
    kind,
    of,
    type: 'VerifyCompletion',
    code,
    creates: true,
    summary: 'Confirms a completion.',
  })
  verify(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/rejections', {
    kind,
    of,
    type: 'RejectCompletion',
    code,
    summary: 'Returns a completion, with a reason.',
  })
  reject(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/retractions', {
    kind,
    of,
    type: 'RetractCompletion',
    code,
    summary: 'Takes a completion back.',
  })
  retract(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/verification-withdrawals', {
    kind,
    of,
    type: 'WithdrawVerification',
    code,
    summary: 'Takes a verification back.',
  })
  withdrawVerification(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':action/evidence', {
    kind,
    of,
    type: 'AttachEvidence',
    id: 'AttachEvidenceToAction',
    code,
    creates: true,
    summary: 'Attaches evidence to a report.',
  })
  attachEvidence(@Command() sent: Sent) {
    return this.submit(sent);
  }
}
