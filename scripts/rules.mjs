// npm run rules [-- --missing FAMILY | --where ID]: compares the rules of docs/specification with those that the repository
// cites, and counts the rules that a test names. Naming a rule does not prove that it is tested: read the test.
import { citationProblems, coverageOf, definitionProblems, isUnpublished } from './rules/citations.mjs'
import { isTest, readRepository } from './rules/repository.mjs'

/** Returns 1 when a rule is defined twice or a cited rule is not defined, 2 for wrong arguments. */
export function rules(values) {
  const { definitions, citations } = readRepository()
  const defined = new Set(definitions.map(({ id }) => id))
  const inTests = citations.filter(({ path }) => isTest(path))
  if (values.where !== undefined) return printPlaces(values.where, defined, inTests)

  const families = coverageOf(defined, new Set(inTests.map(({ id }) => id)))
  if (values.missing !== undefined) return printMissing(values.missing, families)

  printCounts(families)
  const problems = [...definitionProblems(definitions), ...citationProblems(citations, defined)]
  for (const problem of problems) console.error(problem)
  return problems.length > 0 ? 1 : 0
}

function printPlaces(id, defined, inTests) {
  if (!defined.has(id)) {
    console.error(`${id} ${isUnpublished(id) ? 'belongs to a specification that is not published' : 'is not defined'}`)
    return 2
  }
  for (const place of inTests.filter((each) => each.id === id)) console.log(`${place.path}:${place.line}`)
  return 0
}

function printMissing(prefix, families) {
  const chosen = families.filter(({ name }) => name === prefix || name.startsWith(`${prefix}-`))
  if (chosen.length === 0) {
    console.error(`No family ${prefix}; there are ${families.map(({ name }) => name).join(', ')}`)
    return 2
  }
  for (const { name, missing } of chosen) console.log(`${name}: ${missing.join(' ') || 'every rule has a test'}`)
  return 0
}

function printCounts(families) {
  let total = 0
  let tested = 0
  for (const family of families) {
    const named = family.total - family.missing.length
    console.log(`${family.name.padEnd(10)} ${String(named).padStart(4)} of ${String(family.total).padStart(4)}`)
    total += family.total
    tested += named
  }
  console.log(`Rules that a test names: ${tested} of ${total}`)
}
