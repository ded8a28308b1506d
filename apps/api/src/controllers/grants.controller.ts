import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { accessCommands } from '@jejak/domain';
import { questions } from '@jejak/runtime';
import { CommandRoute } from '../http/command-route';
import { JejakController } from '../http/controllers';
import { type Asked, Question, QuestionRoute } from '../http/question-route';
import { Command, type Sent } from '../http/sent';

const kind = 'access';
const of = accessCommands;
const code = { in: 'path', name: 'subject' } as const;

@ApiTags('grants')
@Controller('v1/programmes/:programme/grants')
export class GrantsController extends JejakController {
  @QuestionRoute('', questions.grants, 'Who holds which role in the programme.')
  all(@Question() asked: Asked) {
    return this.answer(asked);
  }

  @CommandRoute(':subject', { kind, of, type: 'GrantRole', code, creates: true, summary: 'Grants a role.' })
  grant(@Command() sent: Sent) {
    return this.submit(sent);
  }

  @CommandRoute(':subject/revocations', {
    kind,
    of,
    type: 'RevokeRole',
    code,
    summary: 'Takes a role back; it counts at once.',
  })
  revoke(@Command() sent: Sent) {
    return this.submit(sent);
  }
}
