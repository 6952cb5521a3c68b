/** Something a person can mend: what is wrong, and what to do next. Anything else that is thrown is a bug. */
export class UserError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = "UserError";
    this.hint = hint;
  }
}
