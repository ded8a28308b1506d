import { defineRules } from '@jejak/core';

/** The refusals of a budget line, by code. */
export const budgetRules = defineRules({
  'line-not-allocated': {
    en: 'No budget has been allocated to line {line}.',
    id: 'Belum ada anggaran untuk mata anggaran {line}.',
  },
  'line-already-allocated': {
    en: 'Budget line {line} has been allocated already: revise it.',
    id: 'Mata anggaran {line} sudah ditetapkan: lakukan pergeseran atau perubahan.',
  },
  'before-allocated': {
    en: '{date} lies before the line has a ceiling, from {from}.',
    id: '{date} mendahului berlakunya pagu mata anggaran ini, sejak {from}.',
  },
  'murni-on-its-day': {
    en: 'The original budget (murni) is put right on the day of its allocation, {from}, not on {date}.',
    id: 'Anggaran murni diperbaiki pada tanggal penetapannya, {from}, bukan pada {date}.',
  },
  'only-with-murni': {
    en: 'What the line is called, whose it is and its hierarchy code are put right with stage murni, not {stage}.',
    id: 'Uraian, perangkat daerah, dan kode rekening diperbaiki dengan tahap murni, bukan {stage}.',
  },
  'agency-has-reported': {
    en: "Agency {agency} has reported on this line on {on}: void what it reported before the line becomes another agency's.",
    id: 'Perangkat daerah {agency} sudah melapor pada mata anggaran ini per {on}: batalkan laporannya sebelum perangkat daerah diganti.',
  },
  'above-ceiling': {
    en: 'On {on} Rp {disbursed} would be disbursed, more than the ceiling in force then, Rp {ceiling}.',
    id: 'Pada {on} realisasi menjadi Rp {disbursed}, melebihi pagu yang berlaku saat itu, Rp {ceiling}.',
  },
  'ceiling-below-disbursed': {
    en: 'The ceiling of Rp {ceiling} is below what is disbursed on {on}, Rp {disbursed}.',
    id: 'Pagu Rp {ceiling} lebih kecil daripada realisasi pada {on}, Rp {disbursed}.',
  },
  'plan-above-ceiling': {
    en: 'The plan for {month} is Rp {planned}, more than the ceiling in force on {on}, Rp {ceiling}.',
    id: 'Rencana sampai {month} sebesar Rp {planned} melebihi pagu yang berlaku pada {on}, Rp {ceiling}.',
  },
  'sp2d-used': {
    en: 'SP2D {number} has been recorded on this line already, on {on}.',
    id: 'SP2D {number} sudah dicatat pada mata anggaran ini, tanggal {on}.',
  },
  'mixed-reporting': {
    en: 'The disbursements of {year} on this line are recorded in the other way: by SP2D or cumulative, not both.',
    id: 'Realisasi {year} pada mata anggaran ini dicatat dengan cara lain: per SP2D atau kumulatif, tidak keduanya.',
  },
  'date-outside-month': {
    en: '{date} does not lie in {month}, to which the realisation is cumulative.',
    id: '{date} tidak berada dalam {month}, bulan akhir realisasi kumulatif itu.',
  },
  'month-already-reported': {
    en: 'The cumulative realisation to {month} has been recorded already, on {on}: void it to put it right.',
    id: 'Realisasi kumulatif s.d. {month} sudah dicatat per {on}: batalkan untuk memperbaikinya.',
  },
  'no-such-disbursement': {
    en: '{id} is not a disbursement of this line that stands.',
    id: '{id} bukan pencairan yang berlaku pada mata anggaran ini.',
  },
  'return-before-disbursement': {
    en: '{date} lies before the disbursement that it gives back of, on {on}.',
    id: '{date} mendahului pencairan yang dikembalikan, tanggal {on}.',
  },
  'return-above-disbursement': {
    en: 'Rp {returned} would be given back of a disbursement of Rp {amount}.',
    id: 'Pengembalian menjadi Rp {returned} dari pencairan sebesar Rp {amount}.',
  },
  'physical-already-reported': {
    en: 'The physical progress of {on} has been reported already: void that report to put it right.',
    id: 'Kemajuan fisik per {on} sudah dilaporkan: batalkan laporan itu untuk memperbaikinya.',
  },
  'physical-backward': {
    en: 'Physical progress is cumulative: {percent} % is less than the {other} % of {on}.',
    id: 'Kemajuan fisik bersifat kumulatif: {percent} % lebih kecil daripada {other} % per {on}.',
  },
  'physical-above-later': {
    en: 'Physical progress is cumulative: {percent} % is more than the {other} % of the later {on}.',
    id: 'Kemajuan fisik bersifat kumulatif: {percent} % lebih besar daripada {other} % per {on} sesudahnya.',
  },
});
