/** What `init` needs of the library of prompts, which the bundle has in a file of its own. */
export { confirm, isCancel, multiselect, password, select, text } from "@clack/prompts";
