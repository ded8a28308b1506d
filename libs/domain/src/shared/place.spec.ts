import { expectEveryRule } from '@jejak/core/testing';
import { Refusal } from '@jejak/core';
import { mustBeInInstallation, mustBeInProgramme, mustBeMain, placeRules } from './place';

const seen = new Set<string>();
function allows(
  check: (place: { programme: string; code: string }) => void,
  programme: string,
  code: string,
): boolean {
  try {
    check({ programme, code });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    seen.add(error.code);
    return false;
  }
}

describe('the place of a stream', () => {
  it.each([
    ['malang.2023', 'main', [true, true, false]],
    ['malang.2023', 'u-dewi', [true, false, false]],
    ['installation', 'u-dewi', [false, false, true]],
    ['installation', 'main', [false, true, true]],
  ])('%s, %s', (programme, code, expected) => {
    const checks = [mustBeInProgramme, mustBeMain, mustBeInInstallation];
    expect(checks.map((check) => allows(check, programme, code))).toEqual(expected);
  });

  it('is refused by every one of its rules', () => {
    expectEveryRule(placeRules, [...seen]);
  });
});
