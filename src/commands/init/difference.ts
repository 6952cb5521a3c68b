/** A line of a difference: `+`, `-` or a space, and the text. */
export interface DifferenceLine {
  readonly sign: "+" | "-" | " " | "@";
  readonly text: string;
}

const CONTEXT = 2;

/** More cells than this in the table of the comparison would take seconds: the middle is then shown as replaced. */
const MAX_CELLS = 4_000_000;

/**
 * The lines that differ between two texts, with two lines around them.
 * Source: the longest common subsequence, as in diff(1)
 */
export function differenceOf(before: string, after: string): DifferenceLine[] {
  const lines = compare(linesOf(before), linesOf(after));
  const isShown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ sign }) => sign !== " "),
  );
  return lines.flatMap((line, at) => {
    if (!isShown[at]) return [];
    const isGap = at > 0 && !isShown[at - 1] && isShown.slice(0, at).includes(true);
    return isGap ? [{ sign: "@", text: "" } as const, line] : [line];
  });
}

function linesOf(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function compare(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const middle = compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const same = (text: string): DifferenceLine => ({ sign: " ", text });
  return [...before.slice(0, start).map(same), ...middle, ...before.slice(before.length - end).map(same)];
}

function compareMiddle(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  const removed = (text: string): DifferenceLine => ({ sign: "-", text });
  const added = (text: string): DifferenceLine => ({ sign: "+", text });
  if (before.length * after.length > MAX_CELLS) return [...before.map(removed), ...after.map(added)];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const longest = Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
      lengths[i * width + j] = before[i] === after[j] ? lengthAt(i + 1, j + 1) + 1 : longest;
    }
  }
  const lines: DifferenceLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: " ", text: before[i] ?? "" });
      [i, j] = [i + 1, j + 1];
    } else if (i < before.length && (j >= after.length || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      lines.push(removed(before[i++] ?? ""));
    } else lines.push(added(after[j++] ?? ""));
  }
  return lines;
}
