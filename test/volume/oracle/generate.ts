/** Generates cases: most are ordinary, some may contain a known difference, and some are malformed. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import type { CaseKind, OracleCase } from './case.ts'
import { makeConditions } from './conditions.ts'
import type { Context } from './context.ts'
import { KINDS } from './condition-kinds.ts'
import { type Draft, singleOrList } from './draft.ts'
import { Random } from './random.ts'
import { makePattern, makeResource } from './resources.ts'

const ODD_SHARE = 0.08
const MALFORMED_SHARE = 0.02

const INVOKE = 'execute-api:Invoke'
const COVERING = [INVOKE, '*', 'execute-api:*', 'EXECUTE-API:invoke', 'execute-api:Inv*', 'execute-api:I?voke']
const OTHER = ['execute-api:InvalidateCache', 's3:*', 'execute-api:Manage*', 'execute-api:Invoke?', 's3:GetObject']

const makeContext = (random: Random, odd: boolean): Context => {
  const context: Record<string, string | readonly string[]> = {}
  for (const kind of KINDS) {
    const make = (): string => (odd && random.chance(0.2) ? kind.oddlyGiven(random) : kind.given(random))
    for (const key of kind.keys) if (random.chance(0.75)) context[random.chance(0.9) ? key : key.toUpperCase()] = make()
    for (const key of kind.listKeys) if (random.chance(0.75)) context[key] = random.several(0, 3, make)
  }
  return context
}

const makeStatement = (draft: Draft): PolicyStatement => {
  const { random, odd } = draft
  const denies = random.chance(0.4)
  const effect = denies ? 'Deny' : 'Allow'
  const notAction = random.chance(0.15)
  const actions = random.several(1, 2, () => random.pick(random.chance(0.85) === notAction ? OTHER : COVERING))
  const notResource = random.chance(0.15)
  const patterns = random.several(random.chance(0.02) ? 0 : 1, notResource ? 2 : 3, () =>
    makePattern(draft, denies !== notResource, notResource),
  )
  return {
    ...(random.chance(0.2) && { Sid: 'aStatement' }),
    Effect: odd && random.chance(0.03) ? effect.toLowerCase() : effect,
    [notAction ? 'NotAction' : 'Action']: singleOrList(random, actions),
    [notResource ? 'NotResource' : 'Resource']: singleOrList(random, patterns),
    ...(random.chance(0.55) && { Condition: makeConditions(draft) }),
  }
}

const pickKind = (random: Random): CaseKind => {
  if (random.chance(ODD_SHARE)) return 'odd'
  return random.chance(MALFORMED_SHARE) ? 'malformed' : 'ordinary'
}

/** The kind of the case with this number, without generating the case. */
export const kindOf = (seed: number, number: number): CaseKind => pickKind(new Random(seed, number))

/** The case with this number. */
export const makeCase = (seed: number, number: number): OracleCase => {
  const random = new Random(seed, number)
  const kind = pickKind(random)
  const [odd, malformed] = [kind === 'odd', kind === 'malformed']
  const resource = makeResource(random, odd)
  const context = makeContext(random, odd)
  const version = random.pick(['2012-10-17', '2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17', undefined])
  const draft: Draft = { random, odd, malformed, resource, context, variables: version === '2012-10-17' }
  const statements = random.several(random.chance(0.02) ? 0 : 1, random.pick([1, 2, 3, 5]), () => makeStatement(draft))
  const policy: PolicyDocument = {
    ...(version !== undefined && { Version: version }),
    ...(random.chance(0.1) && { Id: 'aPolicy' }),
    Statement: statements.length === 1 && random.chance(0.3) ? (statements[0] as PolicyStatement) : statements,
  }
  const action = random.chance(0.92) ? INVOKE : random.pick(['execute-api:InvalidateCache', 's3:GetObject'])
  return { number, policy, action, resource, context }
}
