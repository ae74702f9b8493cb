import { z } from 'zod';

/** The name of an instance, as somebody types it. */
export const InstanceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'an instance is named as in the configuration');
