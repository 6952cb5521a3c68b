import { cause } from "../findings/cause.ts";
import { UserError } from "../findings/user-error.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "../platform/read-file.ts";

/**
 * The text of a file that an identity comes from.
 * @returns the text, or why it cannot be read
 */
export function readText(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    const content = readRegularFile(file, { maxBytes: MAX_CONFIG_BYTES, followLinks: true });
    return content === null ? { problem: cause("file-missing") } : { text: content.bytes.toString("utf8") };
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "") throw error;
    return { problem: cause("file-unreadable", { error: code }) };
  }
}
