import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { findingCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'finding';
const of = findingCommands;
const code = { in: 'path', name: 'finding' } as const;

@ApiTags('findings')
@Controller('v1/programmes/:programme/findings')
export class FindingsController extends JejakController {
  @QuestionRoute('', questions.findings, 'The findings: filtered, sorted, in pages.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @QuestionRoute(':finding', questions.finding, 'A finding, whole.')
  one(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute('', {
    kind,
    of,
    type: 'RaiseFinding',
    code: { in: 'body', name: 'code', derived: 'f' },
    creates: true,
    summary: 'Raises a finding; without a code it gets one of the server’s.',
  })
  raise(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':finding/answers', {
    kind,
    of,
    type: 'AnswerFinding',
    code,
    creates: true,
    summary: 'Answers it.',
  })
  answerFinding(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':finding/assessments', {
    kind,
    of,
    type: 'AssessFinding',
    code,
    creates: true,
    summary: 'Assesses the answer (BPK’s states).',
  })
  assess(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':finding/evidence', {
    kind,
    of,
    type: 'AttachEvidence',
    id: 'AttachEvidenceToFinding',
    code,
    creates: true,
    summary: 'Attaches evidence to an answer.',
  })
  attachEvidence(@Command() sent: Sent) {
    return this.submit(sent);
  }
}
