/** What is seen of the old token's use. */
export type Silence =
  | { is: 'silent' }
  /** Who still uses it, in people's words. */
  | { is: 'used'; words: string }
  | { is: 'unknown'; why: string };
