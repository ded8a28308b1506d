// What applications need of the engine comes through here.
export {
  type Actor,
  BadName,
  type Clock,
  type CommandType,
  type CommandTypes,
  derivedCode,
  type EvidenceFile,
  type FieldIssue,
  fitted,
  foldLogin,
  INSTALLATION,
  InvalidBody,
  isCode,
  isProgramme,
  type Json,
  type Language,
  KeyReused,
  LoginTaken,
  LogUnavailable,
  OutcomeUnknown,
  type Receipt,
  Refusal,
  RevisionMismatch,
  type RuleText,
  said,
  streamName,
  type Submission,
  ViewBehind,
} from '@jejak/core';
export {
  directoryRules,
  forgetPerson,
  newAccountSchema,
  openAccount,
  openAccountLocally,
  type OpenedAccount,
  oidcSubjectSchema,
  passwordChangeSchema,
  passwordResetSchema,
  setOidcSubject,
  setPassword,
} from './accounts';
export { type Answered, Ask, InvalidParams, type Question, validParams } from './ask/ask';
export type { PhaseSnapshot } from './ask/phase';
export type { ProgrammeRow } from './ask/programmes';
export { questions, type QuestionType, type Reader, type Sought } from './ask/questions';
export { ViewRebuilding } from './ask/stored';
export { bearerOf, correlationOf, idempotencyKeyOf, KEY_PATTERN, revisionOf } from './command-headers';
export * from './config';
export { ask, AskQuery, dispatchRules, type Sent, type Shown, submit, SubmitCommand } from './dispatch';
export { EmbeddedModule } from './embedded.module';
export { type Caller, Guard, NotAllowed, type Rights } from './guard';
export { Identity, type Tokens } from './identity';
export { JEJAK, type Jejak, type LocalJejak, openJejak, type OpenOptions } from './jejak';
export { JejakModule } from './jejak.module';
export { discoveryOf } from './oidc/address';
export { openByMode } from './open';
export { hashPassword, PASSWORD_LEAST, PASSWORD_MOST, passwordFits } from './passwords';
export { Problem, problemCodeOf, type Told as ToldProblem, told } from './problems/problem';
export { type ProblemCode, PROBLEMS } from './problems/texts';
export { receiptSchema } from './receipt';
export { readiness, type Readiness } from './readiness';
export { NotSignedIn, type Verified } from './signed-in';
export { FILES } from './stores';
export type { FollowerStatus } from './worker/host';
export type { Stopped } from './worker/messages';
export * from './copy-log';
export * from './history';
export { type Beside, NoData, openBeside, reading } from './beside';
export * from './export';
export * from './socket';
export * from './upkeep';
export * from './import';
