import { type Envelope, parseStream } from '@jejak/core';

/** What a programme's events name that is kept outside the log. */
export class Named {
  /** digests of evidence, in hex */
  readonly evidence = new Set<string>();
  /** subjects that a role was ever granted to, folded as in the names of streams */
  readonly granted = new Set<string>();
  /** subjects that did something, folded */
  readonly acted = new Set<string>();

  readonly see = ({ type, stream, data, meta }: Envelope): void => {
    const { kind, code } = parseStream(stream);
    if (kind === 'access') this.granted.add(code);
    this.acted.add(meta.actor.subject.toLowerCase());
    const { digest } = data as { readonly digest?: unknown };
    if (type === 'EvidenceAttached' && typeof digest === 'string') this.evidence.add(digest);
  };
}
