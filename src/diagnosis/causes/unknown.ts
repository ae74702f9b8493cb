import type { Cause } from '../cause.js';

/** No evidence is strong enough. It has no signals: it is what the verdict says when nothing else fits. */
export const unknown = {
  id: 'unknown',
  group: 'none',
  title: 'The log does not say what failed',
  explain: () =>
    'No line of this log is one that Registrar can name a cause from. The lines just before and after the error, and the command that printed it, are what helps most.',
  signals: [],
  fix: () => [],
  references: [],
  examples: [],
  lookalikes: [],
} as const satisfies Cause;
