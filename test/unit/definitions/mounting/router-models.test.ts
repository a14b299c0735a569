import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RouteSelection } from '../../../../packages/definitions/src/mounting/route-selection.ts'
import type { Protocol } from '@custom-authorizer/definitions'
import { EXACT, gatewayRequest, LOOSE } from '../../../support/request.ts'

/** How a router compares paths. */
interface RouterModel {
  /** What stands for a greedy parameter, in the syntax of regular expressions. */
  readonly greedy: string
  readonly slashAtEnd: '/?' | ''
  readonly flags: 'i' | ''
  readonly decode: (path: string) => string
}

/** Sorts as authors register routes: literal segments first, then parameters, greedy ones last, and `ANY` after the methods. */
const rankOf = (key: string): string => {
  const [method = '', template] = key.split(' ')
  if (template === undefined) return '~'
  return `${template.replaceAll(/\{[^}]*\+\}/g, '}').replaceAll(/\{[^}]*\}/g, '|')} ${method === 'ANY' ? 1 : 0}`
}

const GREEDY = ['/.+', '/.*', '(?:/.*)?']
const DECODERS: RouterModel['decode'][] = [(path) => path, decodeURI, decodeURIComponent]

/** Whether a router with one route serves it for a request. */
const serves = (key: string, model: RouterModel, method: string, path: string): boolean => {
  if (key === '$default') return true
  const [declared, template = ''] = key.split(' ')
  if (declared !== 'ANY' && declared !== method && !(method === 'HEAD' && declared === 'GET')) return false
  const source = template.replaceAll(/\/\{[^}]*\+\}/g, model.greedy).replaceAll(/\{[^}]*\}/g, '[^/]+')
  return new RegExp(`^${source}${template === '/' ? '' : model.slashAtEnd}$`, model.flags).test(model.decode(path))
}

test('SEC-06 SEC-07 SEC-11 SEC-14 no mix of routers serves a request under a route that does not count', () => {
  const part = fc.constantFrom('a', 'B', '{x}')
  const template = fc
    .tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom('', '/{rest+}'))
    .map(([parts, end]) => `${parts.map((each) => `/${each}`).join('')}${end}` || '/')
  const key = fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), template).map((parts) => parts.join(' '))
  const segment = fc.constantFrom('a', 'A', 'b', 'B', 'c', '%61', 'a%2Fb')
  const target = fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.constantFrom('', '/'))
    .map(([parts, end]) => (parts.length === 0 ? '/' : `/${parts.join('/')}${end}`))
  // Each route is in a router of its own, which compares paths in its own way. All decode paths alike.
  const models = fc.array(
    fc.record<Omit<RouterModel, 'decode'>>({
      greedy: fc.constantFrom(...GREEDY),
      slashAtEnd: fc.constantFrom('', '/?'),
      flags: fc.constantFrom('', 'i'),
    }),
    { minLength: 7, maxLength: 7 },
  )
  fc.assert(
    fc.property(
      fc.constantFrom<Protocol>('REST', 'HTTP', 'HUAWEI'),
      fc.uniqueArray(key, { minLength: 1, maxLength: 6, selector: (each) => each.toLowerCase() }),
      fc.boolean(),
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
      target,
      models,
      fc.constantFrom(...DECODERS),
      fc.boolean(),
      (protocol, templates, hasDefault, method, path, loose, decode, isLoose) => {
        const keys = protocol === 'HTTP' && hasDefault ? [...templates, '$default'] : templates
        const routes = keys.map((each) => {
          const [name = '', route = each] = each.split(' ')
          return { key: each, method: /^(GET|POST)$/.test(name) ? name : undefined, path: route, isPrefix: false }
        })
        const routing = isLoose ? LOOSE : EXACT
        const request = gatewayRequest(`${method} ${path}`, { routing })
        const { route, all, isPartlyUnknown } = new RouteSelection(protocol, '', routes).select(request)
        if (route === undefined || isPartlyUnknown) return
        const served = keys
          .map((each, index) => [each, { ...loose[index], decode } as RouterModel] as const)
          .toSorted(([a], [b]) => (rankOf(a) < rankOf(b) ? -1 : 1))
          .find(([each, model]) =>
            serves(each, isLoose ? model : { ...model, slashAtEnd: '', flags: '' }, method, path),
          )?.[0]
        if (served !== undefined) expect(all.map((each) => each.key)).toContain(served)
      },
    ),
    { numRuns: 10_000 },
  )
})
