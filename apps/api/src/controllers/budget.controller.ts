import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { budgetCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'budget';
const of = budgetCommands;
const code = { in: 'path', name: 'line' } as const;

@ApiTags('budget')
@Controller('v1/programmes/:programme')
export class BudgetController extends JejakController {
  @QuestionRoute('budget', questions.budgetByAgency, 'The budget by agency, and in all.')
  byAgency(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('budget-lines', questions.budgetLines, 'The budget lines: filtered, sorted, in pages.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('budget-lines/:line', questions.budgetLine, 'A budget line, whole.')
  one(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute('budget-lines', {
    kind,
    of,
    type: 'AllocateBudget',
    code: { in: 'body', name: 'line' },
    creates: true,
    summary: 'Allocates a budget line.',
  })
  allocate(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/ceiling', {
    kind,
    of,
    type: 'ReviseBudget',
    code,
    ifMatch: 'required',
    summary:
      'Revises the ceiling, from a day on (pergeseran, perubahan), or puts the allocation right (murni).',
  })
  revise(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/plan', {
    kind,
    of,
    type: 'PlanBudget',
    code,
    ifMatch: 'to-replace',
    summary: 'Plans the months, the first time or, with If-Match, in place of the plan there is.',
  })
  plan(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/disbursements', {
    kind,
    of,
    type: 'DisburseBudget',
    code,
    creates: true,
    summary: 'Reports a disbursement.',
  })
  disburse(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/disbursement-voids', {
    kind,
    of,
    type: 'VoidDisbursement',
    code,
    summary: 'Voids a disbursement.',
  })
  voidDisbursement(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/returns', {
    kind,
    of,
    type: 'ReturnDisbursement',
    code,
    creates: true,
    summary: 'Reports that money of a disbursement was given back.',
  })
  giveBack(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/physical-progress', {
    kind,
    of,
    type: 'ReportPhysicalProgress',
    code,
    creates: true,
    summary: 'Reports physical progress.',
  })
  reportPhysical(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/physical-progress-voids', {
    kind,
    of,
    type: 'VoidPhysicalProgress',
    code,
    summary: 'Voids a report of physical progress.',
  })
  voidPhysical(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('budget-lines/:line/evidence', {
    kind,
    of,
    type: 'AttachEvidence',
    id: 'AttachEvidenceToBudgetLine',
    code,
    creates: true,
    summary: 'Attaches evidence to a report.',
  })
  attachEvidence(@Command() sent: Sent) {
    return this.submit(sent);
  }
}
