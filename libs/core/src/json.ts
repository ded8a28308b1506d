/** A value that JSON can carry. `undefined` members of an object are left out when written. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
