/** Bounds on what is read, so that no file exhausts time or memory (DEF-IN-01, DEF-IN-05, DEF-IN-07, DEF-IN-08). @module */

/** The bounds, as in the specification of hostile input (`docs/specification/definitions/input.md`). */
export const LIMITS: {
  readonly fileBytes: number
  readonly totalBytes: number
  readonly files: number
  readonly nodes: number
  readonly tokens: number
  readonly characters: number
  readonly tags: number
  readonly members: number
  readonly depth: number
  readonly aliases: number
  readonly references: number
} = {
  fileBytes: 2 * 1024 * 1024,
  totalBytes: 16 * 1024 * 1024,
  files: 200,
  /** Nodes in all documents together. */
  nodes: 200_000,
  /** Tokens of the lexer in all documents together: punctuation, spaces, line ends and comments, too. */
  tokens: 1_000_000,
  /** Characters of the texts that functions such as `Fn::Join` generate, together. */
  characters: 16 * 1024 * 1024,
  /** Tags, such as `!Ref`, and anchors of one document. */
  tags: 40_000,
  /** Members of one map, or items of one list. */
  members: 20_000,
  depth: 100,
  /** Aliases of one document, each counted as often as it is expanded. */
  aliases: 100,
  /** References from one value to another: `$ref`, `${self:…}`, modules. */
  references: 64,
}
