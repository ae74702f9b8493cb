import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Setting } from './setting.js';

type Places = Pick<Setting, 'cwd' | 'home' | 'folder'>;

/** The absolute path of what somebody typed; ~ is their home, as in a shell. Pure. */
export function absolute(typed: string, { cwd, home }: Pick<Places, 'cwd' | 'home'>): string {
  return typed === '~' || typed.startsWith('~/') ? join(home, typed.slice(1)) : resolve(cwd, typed);
}

/** As registrar.yaml has it: relative to it where it lies below, so that the folder can be moved. Pure. */
export function portable(path: string, { folder }: Pick<Places, 'folder'>): string {
  const inside = relative(folder, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
