import { HttpUrl } from '../config/fields.js';
import { WrongAnswer } from './until-right.js';

/** An address as registrar.yaml takes it; https where no scheme was typed. Errors: `WrongAnswer`. Pure. */
export function urlOf(typed: string): string {
  const parsed = HttpUrl.safeParse(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
  if (!parsed.success || !URL.canParse(parsed.data))
    throw new WrongAnswer('that is no address, such as https://gitlab.example.com');
  return parsed.data;
}
