/** What `export` can write. The command line knows only these names; the code of each is loaded with the command. */
export const FORMATS = ["docker", "docker-auth-config", "kubernetes", "k3s", "podman"] as const;

export type Format = (typeof FORMATS)[number];

/** Is this one of the {@link FORMATS}? */
export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}
