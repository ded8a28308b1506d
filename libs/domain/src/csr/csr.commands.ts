import type { CommandOf } from '@jejak/core';
import { AttachEvidence, correctionBy, reportBy } from '../shared';
import { allocationShape, csrReturnShape, pledgeShape, receiptShape } from './csr.events';

export const csrCommands = {
  PledgeCsr: reportBy(['officer', 'office'], pledgeShape),
  ReceiveCsr: reportBy(['officer', 'office'], receiptShape),
  AllocateCsr: reportBy(['officer', 'office'], allocationShape),
  ReturnCsr: reportBy(['officer', 'office'], csrReturnShape),
  VoidCsrEntry: correctionBy(['officer', 'office'], {}),
  AttachEvidence,
};

export type CsrCommand = CommandOf<typeof csrCommands>;
