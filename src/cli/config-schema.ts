import { z } from 'zod';
import { Config } from '../config/schema.js';

/** `registrar config schema`: the JSON Schema of registrar.yaml. */
export async function configSchemaCommand(): Promise<number> {
  process.stdout.write(`${JSON.stringify(z.toJSONSchema(Config, { io: 'input' }), null, 2)}\n`);
  return 0;
}
