/** The sentences of a rule, with `{name}` where a parameter goes. */
export interface RuleText {
  readonly en: string;
  readonly id: string;
}

/** A language that answers are given in. */
export type Language = keyof RuleText;

export type RefusalParams = { readonly [name: string]: string | number };

/** A command that a rule does not allow. It appends nothing, and names its rule. */
export class Refusal extends Error {
  /**
   * @param code the rule's stable name, such as `second-completion`
   * @param text its sentences in English and Indonesian, parameters not yet filled in
   * @param field the body's field that the refusal is about (JSON pointer without the leading slash), if one is
   */
  constructor(
    readonly code: string,
    readonly text: RuleText,
    readonly params: RefusalParams = {},
    readonly field?: string,
  ) {
    super(`${code}: ${fill(text.en, params)}`);
  }

  /** The sentence in a language. */
  sentence(language: Language): string {
    return fill(this.text[language], this.params);
  }
}

function fill(sentence: string, params: RefusalParams): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}

/**
 * The rules of a stream by code. The result refuses by code, and only by a code that is defined:
 * `const rule = defineRules({ 'second-completion': { en, id } }); throw rule('second-completion', { on })`.
 */
export function defineRules<R extends { readonly [code: string]: RuleText }>(
  rules: R,
): Rules<keyof R & string> {
  const refuse = (code: keyof R & string, params?: RefusalParams, field?: string): Refusal =>
    new Refusal(code, rules[code] as RuleText, params, field);
  return Object.assign(refuse, { texts: rules });
}

export interface Rules<C extends string = string> {
  (code: C, params?: RefusalParams, field?: string): Refusal;
  readonly texts: { readonly [code: string]: RuleText };
}
