/** Members of answers that hold the subject of an account. */
const MEMBERS: ReadonlySet<string> = new Set(['subject', 'by']);

const found = new WeakMap<object, readonly string[]>();

/** The subjects that an answer speaks of, each once. Answers are kept, and what was found in them with them. */
export function subjectsIn(answer: unknown): readonly string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  let subjects = found.get(answer);
  if (subjects === undefined) {
    const into = new Set<string>();
    collect(answer, into);
    subjects = [...into];
    found.set(answer, subjects);
  }
  return subjects;
}

function collect(value: object, into: Set<string>): void {
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string') {
      if (MEMBERS.has(name)) into.add(member);
    } else if (typeof member === 'object' && member !== null) {
      collect(member as object, into);
    }
  }
}
