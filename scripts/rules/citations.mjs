// Rule IDs in texts: where a specification page defines one, and where any other text cites one. No file access.

/** An ID written in full. Families without a published specification are recognised, so that citing them is an error. */
const ID = /(?<![\w-])(?:(?:AWS|HW|DEF)-[A-Z0-9]+-\d+[a-z]?|(?:SEC|INV|FLEET|HOST)-\d+)(?!\w)/g
const DEFINITION = /<a id="([a-z0-9-]+)"><\/a>\*\*([A-Z][A-Z0-9-]*\d[a-z]?)\*\*/g
const UNPUBLISHED = /^HOST-/

/** `AWS-EVT` of `AWS-EVT-16`. */
export const familyOf = (id) => id.replace(/-\d+[a-z]?$/, '')

/** Whether an ID belongs to a family whose specification is not published. */
export const isUnpublished = (id) => UNPUBLISHED.test(id)

const matchesIn = (text, pattern, toFound) =>
  text.split('\n').flatMap((line, index) => Array.from(line.matchAll(pattern), (match) => toFound(match, index + 1)))

/** The IDs that a text cites: `{ id, line }`, one for each occurrence. */
export const citationsIn = (text) => matchesIn(text, ID, ([id], line) => ({ id, line }))

/** The rules that a specification page defines: `{ id, line, anchor }`. */
export const definitionsIn = (text) => matchesIn(text, DEFINITION, ([, anchor, id], line) => ({ id, line, anchor }))

/** Rules that are defined twice, or whose anchor is not their ID in lower case: one line for each. */
export const definitionProblems = (definitions) => {
  const seen = new Map()
  const problems = []
  for (const { path, line, id, anchor } of definitions) {
    const first = seen.get(id)
    if (first !== undefined) problems.push(`${path}:${line}: ${id} is already defined at ${first}`)
    else seen.set(id, `${path}:${line}`)
    if (anchor !== id.toLowerCase()) problems.push(`${path}:${line}: the anchor of ${id} is ${anchor}`)
  }
  return problems
}

/** Citations of rules that are not defined: one line for each. */
export const citationProblems = (citations, defined) =>
  citations
    .filter(({ id }) => !defined.has(id))
    .map(
      ({ path, line, id }) =>
        `${path}:${line}: ${id} ${isUnpublished(id) ? 'belongs to a specification that is not published' : 'is not defined'}`,
    )

/** For each family: its rules, and those that no test names. Sorted by name. */
export const coverageOf = (defined, tested) => {
  const families = new Map()
  for (const id of defined) {
    const family = families.get(familyOf(id)) ?? { name: familyOf(id), total: 0, missing: [] }
    families.set(family.name, family)
    family.total++
    if (!tested.has(id)) family.missing.push(id)
  }
  return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
