import { type Logger, pino } from 'pino';
import { redact } from './secrets/redact.js';

export type { Logger };

/**
 * JSON lines on standard error. Whatever is logged passes redaction as text: a secret in an error's message is
 * taken out wherever it came from.
 */
export function createLogger(level = 'info'): Logger {
  return pino(
    { level, base: { service: 'registrar' }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void process.stderr.write(redact(line).text) },
  );
}
