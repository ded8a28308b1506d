import type { Language } from '@jejak/runtime';

/** The language that a reader wants, of the two there are; English when neither is named. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: { readonly language: Language; readonly quality: number } | undefined;
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = tag.split('-')[0];
    if (language !== 'en' && language !== 'id') continue;
    const given = parameters.map((each) => /^\s*q=([01](?:\.[0-9]{0,3})?)\s*$/.exec(each)?.[1]).find(Boolean);
    const quality = given === undefined ? 1 : Number(given);
    if (quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? 'en';
}
