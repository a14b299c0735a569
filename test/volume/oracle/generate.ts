/** Makes cases: most are plain, some may hold what a difference is known for, and some what must be refused. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import type { OracleCase } from './case.ts'
import { makeConditions } from './conditions.ts'
import type { Context } from './context.ts'
import { KINDS } from './condition-kinds.ts'
import { bracketed, type Making } from './draft.ts'
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

const makeStatement = (making: Making): PolicyStatement => {
  const { random, odd } = making
  const denies = random.chance(0.4)
  const effect = denies ? 'Deny' : 'Allow'
  const notAction = random.chance(0.15)
  const actions = random.several(1, 2, () => random.pick(random.chance(0.85) === notAction ? OTHER : COVERING))
  const notResource = random.chance(0.15)
  const patterns = random.several(random.chance(0.02) ? 0 : 1, notResource ? 2 : 3, () =>
    makePattern(making, denies !== notResource, notResource),
  )
  return {
    ...(random.chance(0.2) && { Sid: 'aStatement' }),
    Effect: odd && random.chance(0.03) ? effect.toLowerCase() : effect,
    [notAction ? 'NotAction' : 'Action']: bracketed(random, actions),
    [notResource ? 'NotResource' : 'Resource']: bracketed(random, patterns),
    ...(random.chance(0.55) && { Condition: makeConditions(making) }),
  }
}

/** The case with this number. */
export const makeCase = (seed: number, number: number): OracleCase => {
  const random = new Random(seed, number)
  const odd = random.chance(ODD_SHARE)
  const malformed = !odd && random.chance(MALFORMED_SHARE)
  const resource = makeResource(random, odd)
  const context = makeContext(random, odd)
  const version = random.pick(['2012-10-17', '2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17', undefined])
  const making: Making = { random, odd, malformed, resource, context, variables: version === '2012-10-17' }
  const statements = random.several(random.chance(0.02) ? 0 : 1, random.pick([1, 2, 3, 5]), () => makeStatement(making))
  const policy: PolicyDocument = {
    ...(version !== undefined && { Version: version }),
    ...(random.chance(0.1) && { Id: 'aPolicy' }),
    Statement: statements.length === 1 && random.chance(0.3) ? (statements[0] as PolicyStatement) : statements,
  }
  const action = random.chance(0.92) ? INVOKE : random.pick(['execute-api:InvalidateCache', 's3:GetObject'])
  return { number, policy, action, resource, context }
}
