/** The same decision by several policy engines: `GET` on a new path, of which the last of many patterns allows it. */
import cedar from '@cedar-policy/cedar-wasm/nodejs'
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin'
import { patternsOf, withPolicy } from './policies.mjs'
import { evaluating, newPath } from './requests.mjs'

const USER = 'auth0|5f7c8ec7c33c6c004bbafe82'

const expect = (allowed) => {
  if (!allowed) throw new Error('The request was denied')
}

/** Patterns that are compiled once, all of which are tried, as a Deny could be the last one. */
const regularExpressions = (count) => {
  const compiled = patternsOf(count).map((pattern) => ({
    allows: true,
    expression: new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's'),
  }))
  return {
    prepare: () => `GET${newPath()}`,
    run: (question) => {
      let isAllowed = false
      let isDenied = false
      for (const { allows, expression } of compiled) {
        if (!expression.test(question)) continue
        if (allows) isAllowed = true
        else isDenied = true
      }
      expect(isAllowed && !isDenied)
    },
  }
}

const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.sub == p.sub && keyMatch(r.obj, p.obj) && r.act == p.act
`

const casbin = async (count) => {
  const lines = patternsOf(count).map((pattern) => `p, ${USER}, ${pattern.slice('GET'.length)}, GET, allow`)
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(lines.join('\n')))
  return { prepare: newPath, run: (path) => expect(enforcer.enforceSync(USER, path, 'GET')) }
}

const cedarWasm = (count) => {
  const staticPolicies = patternsOf(count)
    .map((pattern) => pattern.slice('GET'.length))
    .map(
      (path) =>
        `permit(principal == User::"${USER}", action == Action::"GET", resource) when { context.path like "${path}" };`,
    )
    .join('\n')
  const parsed = cedar.preparsePolicySet('bench', { staticPolicies })
  if (parsed.type !== 'success') throw new Error('The policies were not parsed')
  return {
    prepare: newPath,
    run: (path) => {
      const { response } = cedar.statefulIsAuthorized({
        principal: { type: 'User', id: USER },
        action: { type: 'Action', id: 'GET' },
        resource: { type: 'Api', id: 'prod' },
        context: { path },
        preparsedPolicySetId: 'bench',
        entities: [],
      })
      expect(response.decision === 'allow')
    },
  }
}

const ENGINES = {
  // The whole decision: identity, cache and policy.
  'custom-authorizer': (count) => evaluating(withPolicy(count), newPath),
  'regular expressions': regularExpressions,
  casbin,
  'cedar-wasm': cedarWasm,
}

export const POLICY_SUBJECTS = Object.fromEntries(
  [5, 100, 1000].flatMap((count) =>
    Object.entries(ENGINES).map(([engine, make]) => [`${engine} ${count}`, () => make(count)]),
  ),
)
