import type { Evidence } from '../../diagnosis/findings.js';
import type { Probe } from '../probe.js';
import { project } from './project.js';
import { registry } from './registry.js';
import { tokens } from './tokens.js';

/** Every probe, by its name in the findings. */
export const PROBES: { readonly [K in keyof Evidence]-?: Probe<K> } = { registry, project, tokens };
