/** "bash, zsh or fish": the alternatives, as a sentence names them. */
export function oneOf(alternatives: readonly string[]): string {
  return [alternatives.slice(0, -1).join(", "), ...alternatives.slice(-1)].filter((part) => part !== "").join(" or ");
}
