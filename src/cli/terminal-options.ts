/** How answers are drawn on this terminal. https://no-color.org */
export function drawing(): { color: boolean; width: number } {
  return {
    color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    width: process.stdout.columns ?? 100,
  };
}
