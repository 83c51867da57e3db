/** The command was used wrongly: one line that says what to change. The command ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
