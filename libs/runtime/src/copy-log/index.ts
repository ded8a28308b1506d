export {
  abandonCopy,
  type Copied,
  copyLog,
  type CopyProgress,
  type CopyRequest,
  type CopyStage,
} from './copy-log';
export type { CopiedEvidence } from './evidence';
export type { CopiedPerson } from './people';
export { COPY_REFUSALS, CopyRefused } from './refused';
export type { Address } from './side';
