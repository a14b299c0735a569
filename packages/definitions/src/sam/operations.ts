/** Operations of an API with their security requirements, and what SAM adds to them (DEF-SAM-05, -09, -10, -14). @module */
import { isDeclared } from '../building/declared.ts'
import type { Origin } from '../definition.ts'
import { entriesOf, itemsOf, map, member, type Node, scalar } from '../document/node.ts'
import { type ApiAuth, IAM, NONE } from './auth.ts'
import { UNDECIDED } from './deciding.ts'

/** Names of schemes with their scopes, as one entry of `security`. */
export type Requirement = ReadonlyMap<string, Node>

/** One operation. */
export interface Operation {
  /** Absent for `$default`. */
  readonly method?: string
  readonly path: string
  readonly key: string
  readonly origin: Origin
  /** The default authorizer reaches operations with an integration only. */
  readonly hasIntegration: boolean
  /** The operation object of a body. */
  readonly node?: Node
  /** `undefined` if the operation says nothing, so that the root of the document counts. */
  readonly security?: readonly Requirement[]
  /** `security` that is no list of maps. The reader of the document says what is wrong with it. */
  readonly malformed?: Node
  readonly generated?: 'cors'
  /** Nothing is known about who guards it; a finding says why. */
  readonly isUndecided?: boolean
  /** Opened by `NONE`. */
  readonly isOpened?: boolean
}

/** Marks of SAM for the API key of an operation. */
export const KEY = 'api_key'
export const NO_KEY = 'api_key_false'

/** A requirement of one scheme. */
export const requirement = (name: string, scopes: readonly string[], origin: Origin): Requirement =>
  new Map([[name, { kind: 'list', items: scopes.map((each) => scalar(each, origin)), origin }]])

/** The requirements of an operation object. */
export const securityOf = (node: Node | undefined): Pick<Operation, 'security' | 'malformed'> => {
  const declared = member(node, 'security')
  if (!isDeclared(declared)) return {}
  const items = itemsOf(declared)
  const isClear = declared.kind === 'list' && items.every((each) => each.kind === 'map' && each.assumed === undefined)
  return isClear ? { security: items.map((each) => new Map(entriesOf(each))) } : { malformed: declared }
}

/** `security` as a node. */
export const securityNode = (security: readonly Requirement[], origin: Origin): Node => ({
  kind: 'list',
  items: security.map((each) => map(each, origin)),
  origin,
})

const names = (requirements: Requirement, wanted: (name: string) => boolean): boolean =>
  [...requirements.keys()].some(wanted)

/** The operation, with nothing known about who guards it. */
export const undecided = (operation: Operation): Operation => ({ ...operation, isUndecided: true })

/** The requirement that a default authorizer adds. */
const defaultRequirement = (auth: ApiAuth, name: string): Requirement | typeof UNDECIDED => {
  const scopes = auth.scopes.get(name)
  return scopes === UNDECIDED ? UNDECIDED : requirement(name, scopes ?? [], auth.origin)
}

/** What the default authorizer makes of an operation of a REST API. */
const withRestDefault = (operation: Operation, auth: ApiAuth): Operation => {
  const { default: name, guardsPreflight } = auth
  const security = operation.security ?? []
  const isAuthorizer = (each: string): boolean => each === IAM || auth.authorizers.has(each)
  if (operation.method === 'OPTIONS') {
    if (guardsPreflight === UNDECIDED) return undecided(operation)
    if (guardsPreflight === false) return operation
  }
  const authorizing = security.filter((each) => names(each, isAuthorizer))
  const others = security.filter((each) => !authorizing.includes(each))
  const opening = others.findIndex((each) => each.has(NONE))
  if (opening >= 0) {
    // NONE beside an authorizer stays as it is: the reader of the document rejects it.
    if (authorizing.length > 0) return operation
    return { ...operation, security: others.toSpliced(opening, 1), isOpened: true }
  }
  if (authorizing.length > 0) return { ...operation, security: [...others, ...authorizing] }
  if (name === undefined) return operation
  const added = name === UNDECIDED ? UNDECIDED : defaultRequirement(auth, name)
  return added === UNDECIDED ? undecided(operation) : { ...operation, security: [...others, added] }
}

/** What the default authorizer makes of an operation of an HTTP API. */
const withHttpDefault = (operation: Operation, auth: ApiAuth): Operation => {
  const { security = [] } = operation
  const [first, second] = security
  if (first !== undefined)
    return second === undefined && first.size === 1 && first.has(NONE)
      ? { ...operation, security: [], isOpened: true }
      : operation
  const { default: name } = auth
  if (name === undefined || operation.method === 'OPTIONS') return operation
  const added = name === UNDECIDED ? UNDECIDED : defaultRequirement(auth, name)
  return added === UNDECIDED ? undecided(operation) : { ...operation, security: [added] }
}

const DEFAULTS = { REST: withRestDefault, HTTP: withHttpDefault } as const

/** What the `DefaultAuthorizer` of an API makes of an operation. Without a default, nothing changes. */
export const withDefault = (operation: Operation, auth: ApiAuth, protocol: 'REST' | 'HTTP'): Operation => {
  const { hasIntegration, malformed, isUndecided } = operation
  if (auth.default === undefined || !hasIntegration || malformed !== undefined || isUndecided === true) return operation
  return DEFAULTS[protocol](operation, auth)
}

/** What `ApiKeyRequired` of an API makes of an operation, and of the marks that events have left. */
export const withKey = (operation: Operation, auth: ApiAuth): Operation => {
  const { security, malformed } = operation
  if (auth.apiKeyRequired === UNDECIDED) return undecided(operation)
  const isMarked = (each: Requirement): boolean => each.has(KEY) || each.has(NO_KEY)
  const isDefault = auth.apiKeyRequired === true && operation.hasIntegration && malformed === undefined
  if (!isDefault) {
    if (security === undefined || !security.some((each) => each.has(NO_KEY))) return operation
    return { ...operation, security: security.filter((each) => !each.has(NO_KEY)) }
  }
  const others = (security ?? []).filter((each) => !isMarked(each))
  const rejects = (security ?? []).some((each) => each.has(NO_KEY))
  const isPreflight = operation.method === 'OPTIONS' && auth.keyForPreflight === false
  const key = rejects || isPreflight ? [] : [requirement(KEY, [], auth.origin)]
  return { ...operation, security: [...others, ...key] }
}

/** Groups items by a key. */
export const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
