/** What is taken and what is left out of it; `exclude` wins. */
export interface Selection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}
