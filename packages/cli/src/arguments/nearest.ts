/** Suggestions for names that were misspelled. @module */

/** Number of insertions, removals and changes that turn one text into the other. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** Longer names are not compared. */
const MAX_LENGTH = 100

/** The name that is most similar to `given`, ignoring letter case; `undefined` if no name is similar. */
const nearest = (given: string, names: readonly string[]): string | undefined => {
  if (given.length > MAX_LENGTH) return undefined
  const wanted = given.toLowerCase()
  const ranked = names
    .map((name) => ({ name, differs: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, differs }) => differs <= Math.max(1, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.differs - b.differs)
  return ranked[0]?.name
}

/** ` Did you mean NAME?`, or nothing. */
export const suggestion = (given: string, names: readonly string[]): string => {
  const name = nearest(given, names)
  return name === undefined ? '' : ` Did you mean ${name}?`
}
