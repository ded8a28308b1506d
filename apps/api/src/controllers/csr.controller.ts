import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { csrCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'csr';
const of = csrCommands;
const code = { in: 'path', name: 'contribution' } as const;
const fresh = { in: 'path', name: 'contribution', derived: 'csr' } as const;

@ApiTags('csr')
@Controller('v1/programmes/:programme')
export class CsrController extends JejakController {
  @QuestionRoute('csr-totals', questions.csrTotals, 'CSR by year, by donor, and by what it is allocated to.')
  totals(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('csr', questions.csr, 'The contributions: filtered, sorted, in pages.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute('csr/:contribution', questions.csrContribution, 'A contribution, whole.')
  one(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute('csr-pledges', {
    kind,
    of,
    type: 'PledgeCsr',
    id: 'PledgeNewCsr',
    code: fresh,
    creates: true,
    summary: 'A pledge that opens a contribution, under a code of the server’s.',
  })
  pledgeNew(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr-receipts', {
    kind,
    of,
    type: 'ReceiveCsr',
    id: 'ReceiveNewCsr',
    code: fresh,
    creates: true,
    summary: 'A receipt that opens a contribution, under a code of the server’s.',
  })
  receiveNew(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr/:contribution/pledges', {
    kind,
    of,
    type: 'PledgeCsr',
    code,
    creates: true,
    summary: 'Reports a pledge.',
  })
  pledge(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr/:contribution/receipts', {
    kind,
    of,
    type: 'ReceiveCsr',
    code,
    creates: true,
    summary: 'Reports a receipt.',
  })
  receive(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr/:contribution/allocations', {
    kind,
    of,
    type: 'AllocateCsr',
    code,
    creates: true,
    summary: 'Allocates received money to an action or an agency.',
  })
  allocate(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr/:contribution/returns', {
    kind,
    of,
    type: 'ReturnCsr',
    code,
    creates: true,
    summary: 'Reports that received money was given back.',
  })
  giveBack(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr/:contribution/voids', {
    kind,
    of,
    type: 'VoidCsrEntry',
    code,
    summary: 'Voids an entry.',
  })
  voidEntry(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute('csr/:contribution/evidence', {
    kind,
    of,
    type: 'AttachEvidence',
    id: 'AttachEvidenceToCsr',
    code,
    creates: true,
    summary: 'Attaches evidence to an entry.',
  })
  attachEvidence(@Command() sent: Sent) {
    return this.submit(sent);
  }
}
