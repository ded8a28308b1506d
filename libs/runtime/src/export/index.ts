export {
  type ExportedFile,
  EXPORTERS,
  exportFile,
  exportFor,
  type ExportRequest,
  type ExportTools,
  XLSX,
} from './export';
export { exportQuery } from './query';
export { importTemplate, type TemplateRequest } from './template';
