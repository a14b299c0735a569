import { type AnyFunction, AuthorizerError, createAuthorizer } from '@custom-authorizer/core'
import { type Definition, type Finding, guardApi, type GuardApiOptions } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { authorizerNamed, definitionOf } from '../../../support/definition.ts'
import { expectOptionError } from '../../../support/option-error.ts'

const handler: AnyFunction = async () => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [] },
})
const user = { authorizers: { user: handler }, logger: null } as const

/** The problems that `guardApi` names, without the dashes. */
const problemsOf = (definition: Definition, options: GuardApiOptions = user): readonly string[] => {
  try {
    guardApi(definition, options)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(AuthorizerError)
    expect((error as AuthorizerError).code).toBe('ERR_DEFINITION')
    return (error as AuthorizerError).message
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^- /, ''))
  }
}

const stop = (members: Partial<Finding>): Finding =>
  ({
    code: 'DEF-SAM-08',
    severity: 'stop',
    class: 'ignored-protection',
    origin: { file: 'template.yaml', line: 47, pointer: '/Resources/F' },
    routes: ['GET /pets'],
    message: 'the authorizer has no effect',
    advice: 'Set OverrideApiAuth.',
    ...members,
  }) as Finding

const pets = definitionOf(['GET /pets -> user'])
const withStops = (definition: Definition, ...stops: Finding[]): Definition => ({ ...definition, stops })

describe('findings that stop', () => {
  test('DEF-STOP-04 nothing is mounted, and one error lists every finding with its place and what to do', () => {
    const stops = [stop({}), stop({ code: 'DEF-CFN-17', class: 'resource-policy' as never, routes: [] })]
    const problems = problemsOf(withStops(pets, ...stops))
    expect(problems).toHaveLength(2)
    expect(problems[0]).toBe(
      'template.yaml:47 DEF-SAM-08 ignored-protection: the authorizer has no effect. Set OverrideApiAuth. Or accept: [{ code: "DEF-SAM-08", at: "GET /pets" }]',
    )
    expect(problems[1]).toContain('accept: [{ code: "DEF-CFN-17", at: "template.yaml:47" }]')
  })

  test.each([
    ['the route', 'GET /pets'],
    ['the place', 'template.yaml:47'],
  ])('DEF-STOP-05 %s accepts one finding', (_, at) => {
    const definition = withStops(pets, stop({}))
    expect(problemsOf(definition, { ...user, accept: [{ code: 'DEF-SAM-08', at }] })).toEqual([])
    expect(problemsOf(definition, { ...user, accept: [{ code: 'DEF-SAM-09', at }] })).toHaveLength(2)
  })

  test('DEF-STOP-05 the place is valid in every folder: the end of the path is enough', () => {
    const origin = { file: '/srv/shop/api/template.yaml', line: 12, pointer: '' }
    const definition = withStops(pets, stop({ origin, routes: [] }))
    const accepting = (at: string) => problemsOf(definition, { ...user, accept: [{ code: 'DEF-SAM-08', at }] })
    expect(problemsOf(definition)[0]).toMatch(/^template\.yaml:12 .* at: "template\.yaml:12" \}\]$/)
    for (const at of ['template.yaml:12', 'api/template.yaml:12', '/srv/shop/api/template.yaml:12'])
      expect(accepting(at)).toEqual([])
    for (const at of ['template.yaml:1', 'late.yaml:12', 'pi/template.yaml:12', ':12', '12', ''])
      expect(accepting(at)).toHaveLength(2)
  })

  test('DEF-STOP-05 the end of a path that two files have accepts neither of them', () => {
    const stops = ['a', 'b'].map((folder) =>
      stop({ origin: { file: `/srv/${folder}/template.yaml`, line: 12, pointer: '' }, routes: [] }),
    )
    const accepting = (...places: string[]) =>
      problemsOf(withStops(pets, ...stops), { ...user, accept: places.map((at) => ({ code: 'DEF-SAM-08', at })) })
    expect(accepting('template.yaml:12')).toHaveLength(3)
    expect(accepting('a/template.yaml:12', 'b/template.yaml:12')).toEqual([])
  })

  test('DEF-STOP-05 an entry that accepts nothing is an error', () => {
    expect(problemsOf(pets, { ...user, accept: [{ code: 'DEF-SAM-08', at: 'GET /pets' }] })).toEqual([
      'accept: no finding DEF-SAM-08 at "GET /pets"; remove the entry',
    ])
  })

  test('DEF-GEN-05 a definition of which nothing could be read is not mounted', () => {
    expect(
      problemsOf({ apis: [], stops: [stop({ code: 'DEF-IN-04', class: 'malformed' as never, routes: [] })] }, {}),
    ).toHaveLength(1)
    expect(() => guardApi({ apis: [], stops: [] })).toThrow(/a definition with an API/)
  })

  test('DEF-DEF-05 protection without a function is answered by a guard for its name only', () => {
    const origin = { file: 'template.yaml', line: 9, pointer: '/Resources/Pool' }
    const definition = definitionOf(['GET /pets -> pool'], {
      authorizers: { pool: authorizerNamed('pool', { kind: 'COGNITO_USER_POOLS', providerARNs: [], origin }) },
    })
    const unsupported = stop({ code: 'DEF-DEF-05', class: 'unsupported-authorizer' as never, origin })
    const guard = createAuthorizer({ authorize: () => true, logger: null })
    const problems = problemsOf(withStops(definition, unsupported), { logger: null })
    expect(problems).toHaveLength(2)
    expect(problems[0]).not.toContain('accept')
    expect(problemsOf(withStops(definition, unsupported), { authorizers: { pool: guard as never } })).toEqual([])
    // A file that was edited by hand.
    expect(problemsOf(definition, { logger: null })).toEqual(['authorizers: no guard for "pool" (COGNITO_USER_POOLS)'])
  })
})

const messages = (connect: string) => definitionOf([`$connect -> ${connect}`, 'say -> NONE'], { protocol: 'WEBSOCKET' })

describe('open routes', () => {
  const definition = definitionOf(['GET /pets -> user', 'GET /health -> NONE', 'OPTIONS /pets -> NONE'])

  test('DEF-GEN-07 each has to be named, and the error has the list to copy', () => {
    expect(problemsOf(definition)).toEqual([
      'routes without an authorizer; name them if they are to stay open: open: ["GET /health", "OPTIONS /pets"]',
    ])
    expect(problemsOf(definition, { ...user, open: ['GET /health', 'OPTIONS /pets'] })).toEqual([])
    expect(problemsOf(definition, { ...user, open: 'as-declared' })).toEqual([])
  })

  test('DEF-GEN-07 a name that is not an open route is an error', () => {
    const open = ['GET /health', 'OPTIONS /pets', 'GET /pets']
    expect(problemsOf(definition, { ...user, open })).toEqual([
      'open: "GET /pets" is not an open route of the definition',
    ])
  })

  test('DEF-CFN-12 messages of a WebSocket connection need no confirmation if $connect is guarded', () => {
    expect(problemsOf(messages('user'))).toEqual([])
    expect(problemsOf(messages('NONE'), { logger: null })).toEqual([
      'routes without an authorizer; name them if they are to stay open: open: ["$connect", "say"]',
    ])
  })
})

describe('undecided routes', () => {
  const definition = withStops(
    definitionOf(['GET /pets -> ?', 'GET /a -> user']),
    stop({ code: 'DEF-RES-05', class: 'unresolved' as never }),
  )

  test('DEF-DEF-06 they are never mounted open', () => {
    expect(problemsOf(definition, { ...user, open: 'as-declared' })).toHaveLength(2)
    const accept = [{ code: 'DEF-RES-05', at: 'GET /pets' }]
    expect(problemsOf(definition, { ...user, accept })).toEqual([
      'the guard of these routes is not known: GET /pets; set undecided',
    ])
  })

  test("DEF-DEF-06 undecided: 'deny' answers findings about these routes only", () => {
    expect(problemsOf(definition, { ...user, undecided: 'deny' })).toEqual([])
    const both = withStops(definition, stop({ routes: ['GET /pets', 'GET /a'] }))
    expect(problemsOf(both, { ...user, undecided: 'deny' })).toHaveLength(1)
  })

  test('an authorizer for each route answers, too', () => {
    expect(problemsOf(definition, { ...user, undecided: { 'GET /pets': handler } })).toEqual([])
    expect(problemsOf(definition, { ...user, undecided: { 'GET /pets': handler, 'GET /a': handler } })).toEqual([
      'undecided: "GET /a" is not an undecided route',
    ])
  })
})

describe('authorizers', () => {
  test('DEF-GEN-09 each function that a route needs has to be given by name', () => {
    const definition = definitionOf(['GET /pets -> user'], {
      authorizers: { user: authorizerNamed('user', { function: 'AuthFunction' }), unused: authorizerNamed('unused') },
    })
    expect(problemsOf(definition, { logger: null })).toEqual([
      'authorizers: no function for "user" (TOKEN, in the definition the function "AuthFunction")',
    ])
  })

  test('DEF-GEN-09 a name that the definition does not have is an error', () => {
    expect(problemsOf(pets, { authorizers: { user: handler, admin: handler }, logger: null })).toEqual([
      'authorizers: "admin" is not an authorizer of the definition',
    ])
  })

  test.each(['constructor', 'toString', '__proto__'])(
    'DEF-IN-03 %s is the name of an authorizer like any other',
    (name) => {
      const route = { method: 'GET', path: '/pets', authorizer: name, origin: stop({}).origin }
      const definition: Definition = {
        apis: [
          {
            name: 'shop',
            protocol: 'REST',
            routes: [route],
            authorizers: JSON.parse(JSON.stringify({ [name]: 1 }).replace('1', JSON.stringify(authorizerNamed(name)))),
          },
        ],
        stops: [],
      }
      expect(problemsOf(definition, { logger: null })).toEqual([`authorizers: no function for "${name}" (TOKEN)`])
    },
  )
})

describe('several APIs', () => {
  const [one] = definitionOf(['GET /a -> user']).apis
  const [two] = definitionOf(['GET /b -> user']).apis
  const definition = {
    apis: [
      { ...one, name: 'one' },
      { ...two, name: 'two' },
    ],
    stops: [],
  } as unknown as Definition

  test('DEF-GEN-11 the API has to be named, or several are joined', () => {
    expect(() => guardApi(definition, user)).toThrow('guardApi: the definition has several APIs: "one", "two"; set api')
    expect(() => guardApi(definition, { ...user, api: 'three' })).toThrow('no API "three"')
    expect(guardApi(definition, { ...user, api: 'two' }).routes.map(({ route }) => route)).toEqual(['GET /b'])
    expect(guardApi(definition, { ...user, api: ['one', 'two'] }).routes.map(({ route }) => route)).toEqual([
      'GET /a',
      'GET /b',
    ])
  })

  test('DEF-GEN-11 two APIs with one and the same route, or of different kinds, cannot be joined', () => {
    const same = { ...definition, apis: [definition.apis[0], { ...definition.apis[0], name: 'two' }] } as Definition
    expect(() => guardApi(same, { ...user, api: ['one', 'two'] })).toThrow(
      'have the route GET /a, and cannot be joined',
    )
    const mixed = {
      ...definition,
      apis: [definition.apis[0], { ...definition.apis[1], protocol: 'HTTP' }],
    } as Definition
    expect(() => guardApi(mixed, { ...user, api: ['one', 'two'] })).toThrow('different kinds')
  })
})

describe('a value that is no definition', () => {
  test.each([
    ['the whole result of readDefinition', { definition: pets, findings: [] }],
    ['an API without routes', { apis: [{ name: 'a', protocol: 'REST', authorizers: {} }], stops: [] }],
    ['an unknown kind', { apis: [{ ...pets.apis[0], protocol: 'SOAP' }], stops: [] }],
    ['a path that no gateway accepts', definitionOf(['GET /a//b -> user'])],
    [
      'a route that names an authorizer of a prototype',
      {
        apis: [
          { ...pets.apis[0], routes: [{ method: 'GET', path: '/a', authorizer: 'toString', origin: stop({}).origin }] },
        ],
        stops: [],
      },
    ],
    [
      'a route that is declared twice',
      {
        apis: [{ ...pets.apis[0], routes: [...(pets.apis[0]?.routes ?? []), ...(pets.apis[0]?.routes ?? [])] }],
        stops: [],
      },
    ],
  ])('%s is rejected', (_, definition) => {
    expect(() => guardApi(definition as Definition, user)).toThrow(AuthorizerError)
  })

  test.each([
    ['guardApi.open', { open: 'all' }, 'a string', '"as-declared"'],
    ['guardApi.unmatched', { unmatched: 'allow' }, 'a string', '"deny" or "next"'],
    ['guardApi.basePath', { basePath: 'v1/' }, 'a string', 'a path such as "/v1"'],
    ['guardApi.authorizers', { authorizers: { user: 'handler' } }, 'an object', 'a function'],
    ['guardApi.accept', { accept: [{ code: 'X' }] }, 'an array of 1', '{ code, at }'],
    ['guardApi.colour', { colour: 1 }, 'is not an option', 'authorizers'],
  ])('the option %s is checked', (path, options, found, allowed) => {
    expectOptionError(() => guardApi(pets, { ...user, ...options } as GuardApiOptions), path, found, allowed)
  })
})
