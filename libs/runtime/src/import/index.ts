export { applyImport, previewImport } from './import-file';
export { KIND_NAMES, type KindName } from './kinds/kind';
export type {
  ImportListener,
  ImportRequest,
  ImportSummary,
  ImportTools,
  RowResult,
  SheetSummary,
} from './result';
export { fileRules, rowRules } from './rules';
export type { RowError } from './sheet-columns';
