/** Evaluates expressions into nodes (DEF-TF-03). Nothing is executed, and what is not listed there is unknown. @module */
import type { Origin } from '../../definition.ts'
import {
  assuming,
  type Node,
  type ReferenceNode,
  sameValue,
  scalar,
  type ScalarNode,
  unknown,
  type UnknownNode,
} from '../../document/node.ts'
import { type Budget, weightOf } from './budget.ts'
import type { Expression, Step } from './expression.ts'
import { FUNCTIONS, isAscii, plainText } from './functions.ts'
import { unified } from './unify.ts'
import { walk } from './walk.ts'

/** The values of names at the place of an expression. */
export interface Scope {
  /** The value of a variable, such as `var.x` or `aws_lambda_function.f.arn`. */
  lookup: (root: string, keys: readonly (string | number)[], text: string, origin: Origin) => Node
  /** A function that needs files; `undefined` if no function has this name. */
  readFunction: (name: string, args: readonly Node[], text: string, origin: Origin) => Node | undefined
  readonly budget: Budget
}

/** References in the text of an expression that cannot be evaluated, so that functions can be named (DEF-GEN-09). */
const referencesIn = (text: string, origin: Origin): readonly ReferenceNode[] =>
  [...text.matchAll(/(?<![\w.])([a-z][a-z\d]*_\w+)\.([A-Za-z_][\w-]*)(?:\.([A-Za-z_]\w*))?/g)]
    .slice(0, 8)
    .map(([, type, label, attribute]): ReferenceNode => {
      const resource = `${type}.${label}`
      return attribute === undefined
        ? { kind: 'reference', resource, origin }
        : { kind: 'reference', resource, attribute, origin }
    })

/** A value that cannot be computed. */
export const unresolved = (text: string, origin: Origin, why: UnknownNode['why'] = 'unresolved'): UnknownNode =>
  unknown(why, text.length > 200 ? `${text.slice(0, 200)}…` : text, origin, referencesIn(text.slice(0, 2000), origin))

/** The value of an expression. */
export const evaluate = (expression: Expression, scope: Scope, origin: Origin): Node =>
  scope.budget.nested(origin, () => valueOf(expression, scope, origin))

const valueOf = (expression: Expression, scope: Scope, origin: Origin): Node => {
  const { text } = expression
  const value = (each: Expression): Node => evaluate(each, scope, origin)
  switch (expression.kind) {
    case 'literal':
      return scalar(expression.value, origin)
    case 'template':
      return textFrom(
        expression.parts.map((part) => (typeof part === 'string' ? scalar(part, origin) : value(part))),
        { text, origin, scope },
      )
    case 'variable': {
      const path = keysOf(expression.steps, scope, origin)
      if (path === undefined) return unresolved(text, origin)
      const found = scope.lookup(expression.root, path.keys, text, origin)
      scope.budget.take(origin, weightOf(found))
      return assuming(placed(found, origin), path.assumed)
    }
    case 'access': {
      const path = keysOf(expression.steps, scope, origin)
      return path === undefined
        ? unresolved(text, origin)
        : assuming(walk(value(expression.of), path.keys, text, origin), path.assumed)
    }
    case 'call':
      return call(expression.name, expression.args.map(value), { text, origin, scope })
    case 'tuple':
      return { kind: 'list', items: expression.items.map(value), origin }
    case 'object':
      return objectFrom(expression.members, scope, { text, origin })
    case 'conditional':
      return choose(expression, scope, origin)
    case 'unary': {
      const of = value(expression.of)
      if (of.kind !== 'scalar') return unresolved(text, origin)
      if (expression.operator === '-')
        return typeof of.value === 'number' ? assuming(scalar(-of.value, origin), of.assumed) : unresolved(text, origin)
      const truth = truthOf(of)
      return truth === undefined ? unresolved(text, origin) : assuming(scalar(!truth, origin), of.assumed)
    }
    case 'binary':
      return compare(expression.operator, value(expression.left), value(expression.right), text)
    case 'other':
      break
  }
  return unresolved(text, origin)
}

/** A value is reported at the place of its use, the text of a file at its own place. */
const placed = (node: Node, origin: Origin): Node => (node.origin.pointer === '' ? node : { ...node, origin })

interface Place {
  readonly text: string
  readonly origin: Origin
}

/** Texts put together; unknown if a part is. */
const textFrom = (parts: readonly Node[], { text, origin, scope }: Place & { readonly scope: Scope }): Node => {
  const texts = parts.map(plainText)
  if (!texts.every((each) => each !== undefined)) {
    const references = parts.flatMap((each) =>
      each.kind === 'reference' ? [each] : each.kind === 'unknown' ? each.references : [],
    )
    const blocking = parts.find((each): each is UnknownNode => each.kind === 'unknown' && each.why !== 'unresolved')
    return { ...unresolved(text, origin, blocking?.why), references }
  }
  const joined = texts.join('')
  scope.budget.takeText(joined.length, origin)
  return assuming(scalar(joined, origin), assumedBy(parts))
}

const assumedBy = (nodes: readonly Node[]): string | undefined =>
  nodes.find((each) => each.assumed !== undefined)?.assumed

/** Names and indices of steps; `undefined` if one is not known. */
const keysOf = (
  steps: readonly Step[],
  scope: Scope,
  origin: Origin,
): { readonly keys: readonly (string | number)[]; readonly assumed: string | undefined } | undefined => {
  const keys: (string | number)[] = []
  let assumed: string | undefined
  for (const step of steps) {
    if (step.kind === 'splat') return undefined
    if (step.kind === 'name') keys.push(step.name)
    else {
      const index = evaluate(step.index, scope, origin)
      if (index.kind !== 'scalar' || (typeof index.value !== 'string' && typeof index.value !== 'number'))
        return undefined
      assumed ??= index.assumed
      keys.push(index.value)
    }
  }
  return { keys, assumed }
}

const call = (name: string, args: readonly Node[], place: Place & { readonly scope: Scope }): Node => {
  const { text, origin, scope } = place
  const read = scope.readFunction(name, args, text, origin)
  const found = read ?? FUNCTIONS.get(name)?.(args, origin)
  if (found === undefined) return unresolved(text, origin)
  if (found.kind === 'scalar') scope.budget.takeText(found.text.length, origin)
  return assuming(found, assumedBy(args))
}

const objectFrom = (
  members: readonly (readonly [key: Expression, value: Expression])[],
  scope: Scope,
  { text, origin }: Place,
): Node => {
  const entries = new Map<string, Node>()
  let assumed: string | undefined
  for (const [keyExpression, valueExpression] of members) {
    const keyNode = evaluate(keyExpression, scope, origin)
    const key = plainText(keyNode)
    // A name that is not known, occurs twice or has a meaning in JavaScript makes the whole object unknown (DEF-IN-02, -03).
    if (key === undefined || entries.has(key) || key === '__proto__') return unresolved(text, origin)
    assumed ??= keyNode.assumed
    entries.set(key, evaluate(valueExpression, scope, origin))
  }
  return assuming({ kind: 'map', entries, origin }, assumed)
}

const truthOf = (node: Node): boolean | undefined =>
  node.kind !== 'scalar'
    ? undefined
    : node.value === true || node.value === 'true'
      ? true
      : node.value === false || node.value === 'false'
        ? false
        : undefined

const choose = (
  { condition, whenTrue, whenFalse, text }: Extract<Expression, { kind: 'conditional' }>,
  scope: Scope,
  origin: Origin,
): Node => {
  const decided = evaluate(condition, scope, origin)
  const truth = truthOf(decided)
  const left = evaluate(whenTrue, scope, origin)
  const right = evaluate(whenFalse, scope, origin)
  if (truth !== undefined)
    return assuming(unified(truth ? left : right, truth ? right : left) ?? unresolved(text, origin), decided.assumed)
  // Both branches equal: that value (DEF-CFN-04).
  return sameValue(left, right) ? assuming(left, assumedBy([left, right])) : unresolved(text, origin)
}

/** Whether a comparison has the same result in Terraform, which normalizes texts and computes with exact decimals. */
const areComparable = (...nodes: readonly ScalarNode[]): boolean =>
  nodes.every(({ value }) =>
    typeof value === 'string' ? isAscii(value) : typeof value !== 'number' || Number.isSafeInteger(value),
  )

const compare = (operator: string, left: Node, right: Node, text: string): Node => {
  const { origin } = left
  const result = (value: boolean): Node => assuming(scalar(value, origin), assumedBy([left, right]))
  if (operator === '==' || operator === '!=') {
    if (left.kind !== 'scalar' || right.kind !== 'scalar' || !areComparable(left, right))
      return unresolved(text, origin)
    return result((left.value === right.value) === (operator === '=='))
  }
  if (operator !== '&&' && operator !== '||') return unresolved(text, origin)
  const first = truthOf(left)
  const second = truthOf(right)
  const decisive = operator === '||'
  // One side can decide alone.
  if (first === decisive) return assuming(scalar(decisive, origin), left.assumed)
  if (second === decisive) return assuming(scalar(decisive, origin), right.assumed)
  return first === undefined || second === undefined ? unresolved(text, origin) : result(!decisive)
}
