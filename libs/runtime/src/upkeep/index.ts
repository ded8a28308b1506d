export { backup, type BackupProgress, type BackupStage, NotEmpty } from './backup';
export { check, type Checked, type CheckProgress } from './check';
export { BadBackup, type Manifest, readManifest } from './manifest';
export { rebuild, UnknownView, VIEW_NAMES } from './rebuild';
export { restore, verifyBackup } from './restore';
