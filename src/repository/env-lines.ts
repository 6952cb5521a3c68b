/** The variables of a `.env` file, as compose reads its simple forms: quotes are removed, and ` #` starts a comment. */
export function parseEnvLines(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name = "", value = ""] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === "") continue;
    const [, quoted] = /^(?:"((?:\\.|[^"\\])*)"|'([^']*)')/.exec(value)?.filter((part) => part !== undefined) ?? [];
    const plain = (quoted ?? value.replace(/\s+#.*$/, "")).replace(
      /\$\{?([A-Za-z_]\w*)\}?/g,
      (_, other: string) => values.get(other) ?? "",
    );
    values.set(name, plain);
  }
  return values;
}
