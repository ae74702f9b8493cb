/** A date as GitLab writes it, YYYY-MM-DD. */
export function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
