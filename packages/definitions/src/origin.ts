/** Places in files. @module */

/** Place in a file. `pointer` is a JSON pointer, or the address of a Terraform resource. */
export interface Origin {
  readonly file: string
  /** From 1; 0 if the format has no lines. */
  readonly line: number
  readonly pointer: string
}
