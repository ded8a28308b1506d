import { foldHeading } from '../columns';
import { actions } from './actions';
import { agencies } from './agencies';
import { budgetLines } from './budget-lines';
import { csr } from './csr';
import { disbursements } from './disbursements';
import { type AnyKind, type KindName } from './kind';
import { monthlyPlans } from './monthly-plans';
import { progress } from './progress';

/** Every kind of sheet, in the order in which they build on each other. */
export const KINDS: readonly AnyKind[] = [
  agencies,
  actions,
  budgetLines,
  monthlyPlans,
  disbursements,
  csr,
  progress,
];

export function kindOf(name: KindName): AnyKind {
  return KINDS.find((kind) => kind.name === name) as AnyKind;
}

/** The kind that a sheet's name means, in either language. */
export function kindOfSheet(name: string): AnyKind | undefined {
  const folded = foldHeading(name);
  return KINDS.find(({ name: own, sheet }) =>
    [own, sheet.id, sheet.en, ...sheet.more].some((each) => foldHeading(each) === folded),
  );
}

/** The names of the kinds, for a sentence. */
export const KIND_LIST = KINDS.map(({ name, sheet }) => `${name} (${sheet.id})`).join(', ');
