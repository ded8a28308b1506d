import { defineRules } from '@jejak/core';

/** The refusals of an action, by code. */
export const actionRules = defineRules({
  'action-not-planned': {
    en: 'No action {code} has been planned.',
    id: 'Belum ada rencana aksi {code}.',
  },
  'action-already-planned': {
    en: 'Action {code} has been planned already: replan or reassign it.',
    id: 'Rencana aksi {code} sudah ada: ubah rencananya atau alihkan penanggung jawabnya.',
  },
  'unknown-dimension': {
    en: 'The programme has no dimension {dimension}.',
    id: 'Program tidak memiliki dimensi {dimension}.',
  },
  'agency-twice': {
    en: 'Agency {agency} is named twice: an agency either leads or supports, once.',
    id: 'Perangkat daerah {agency} disebut dua kali: satu perangkat daerah memimpin atau mendukung, satu kali saja.',
  },
  'before-planned': {
    en: '{date} lies before the action begins on {from}.',
    id: '{date} mendahului awal rencana aksi pada {from}.',
  },
  'action-withdrawn': {
    en: 'The action is withdrawn from {from}: {date} is not before that.',
    id: 'Rencana aksi dibatalkan sejak {from}: {date} tidak mendahului tanggal itu.',
  },
  'already-withdrawn': {
    en: 'The action is withdrawn from {from} already; it can only be withdrawn from an earlier day.',
    id: 'Rencana aksi sudah dibatalkan sejak {from}; pembatalan hanya dapat dimajukan ke hari sebelumnya.',
  },
  'reports-after-withdrawal': {
    en: 'A report of {on} stands, which is not before {date}: withdraw the action from a later day, or void the report.',
    id: 'Ada laporan per {on} yang berlaku dan tidak mendahului {date}: batalkan aksi sejak hari sesudahnya, atau batalkan laporan itu.',
  },
  'date-outside-quarter': {
    en: '{date} lies in {actual}, not in {quarter}, which the report is for.',
    id: '{date} berada dalam {actual}, bukan dalam {quarter} yang dilaporkan.',
  },
  'progress-already-reported': {
    en: 'The progress of {quarter} has been reported already, as of {on}: void that report to put it right.',
    id: 'Realisasi {quarter} sudah dilaporkan per {on}: batalkan laporan itu untuk memperbaikinya.',
  },
  'progress-backward': {
    en: 'The realisation is cumulative: {realisation} is less than {other}, reported as of {on}.',
    id: 'Realisasi bersifat kumulatif: {realisation} lebih kecil daripada {other} yang dilaporkan per {on}.',
  },
  'progress-above-later': {
    en: 'The realisation is cumulative: {realisation} is more than {other}, reported as of the later {on}.',
    id: 'Realisasi bersifat kumulatif: {realisation} lebih besar daripada {other} yang dilaporkan per {on} sesudahnya.',
  },
  'second-completion': {
    en: 'The action has been reported complete already, on {on}.',
    id: 'Aksi sudah dilaporkan selesai pada {on}.',
  },
  'not-the-completion': {
    en: '{id} is not the completion of this action.',
    id: '{id} bukan laporan penyelesaian aksi ini.',
  },
  'own-completion': {
    en: 'Whoever reported the completion does not judge it: another verifier has to.',
    id: 'Pelapor penyelesaian tidak menilai laporannya sendiri: harus verifikator lain.',
  },
  'already-verified': {
    en: 'The completion has been verified already.',
    id: 'Penyelesaian aksi sudah diverifikasi.',
  },
});
