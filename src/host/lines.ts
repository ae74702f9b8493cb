/** Returns a function from a byte offset (UTF-8) of the text to its 1-based line: parsers count bytes. */
export function lineIndex(text: string): (byteOffset: number) => number {
  const bytes = Buffer.from(text);
  const starts = [0];
  for (let i = bytes.indexOf(10); i !== -1; i = bytes.indexOf(10, i + 1)) starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
