import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RouteTree } from '../../../../packages/definitions/src/mounting/route-tree.ts'

const METHODS = ['GET', 'POST']
const path = (segments: readonly string[]) =>
  fc
    .tuple(fc.array(fc.constantFrom(...segments), { maxLength: 3 }), fc.constantFrom('', '/'))
    .map(([parts, end]) => `/${parts.join('/')}${end}`)
const template = fc
  .tuple(path(['a', 'b', '{id}']), fc.boolean())
  .map(([text, isGreedy]) => (isGreedy ? `${text.replace(/\/$/, '')}/{proxy+}` : text))
const route = fc.record({ method: fc.constantFrom(...METHODS, undefined), path: template })
const rules = fc.record({
  firstTemplateDecides: fc.boolean(),
  ignoresTrailingSlash: fc.boolean(),
  greedyRoot: fc.boolean(),
  foldsCase: fc.constant(false),
})

test('SEC-11 one search for gateway and routers finds what one search for each finds', () => {
  fc.assert(
    fc.property(
      rules,
      fc.array(route, { maxLength: 8 }),
      fc.constantFrom(...METHODS),
      path(['a', 'b', 'c', '']),
      (how, routes, method, requested) => {
        const tree = new RouteTree<object>(how)
        for (const each of routes) tree.add(each.method, each.path, each)
        const { gateway, router } = tree.selectBoth(method, requested)
        expect(gateway).toEqual(tree.select(method, requested, 'gateway'))
        expect(router).toEqual(tree.select(method, requested, 'router'))
      },
    ),
    { numRuns: 3000 },
  )
})
