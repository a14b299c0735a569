import { describe, expect, test } from 'vitest'
import type { ReadOptions } from '@custom-authorizer/definitions'
import { readFiles, type Summary } from './support.ts'

type Json = Record<string, unknown>

const resource = (type: string, name: string, values: Json, index?: string | number, prefix = ''): Json => ({
  address: `${prefix}${type}.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`,
  mode: 'managed',
  type,
  name,
  ...(index !== undefined && { index }),
  values,
})

const read = async (document: Json, options?: ReadOptions): Promise<Summary> =>
  readFiles(
    [{ name: 'show.json', text: JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', ...document }) }],
    options,
  )

const API = resource('aws_api_gateway_rest_api', 'api', {
  id: 'api1',
  root_resource_id: 'root1',
  policy: '',
  body: null,
  api_key_source: 'HEADER',
})
const PART = resource('aws_api_gateway_resource', 'p', {
  id: 'r1',
  rest_api_id: 'api1',
  parent_id: 'root1',
  path_part: 'p',
  path: '/p',
})
const AUTHORIZER = resource('aws_api_gateway_authorizer', 'a', {
  id: 'auth1',
  rest_api_id: 'api1',
  name: 'a',
  type: 'TOKEN',
  identity_source: 'method.request.header.Authorization',
  identity_validation_expression: '',
  authorizer_result_ttl_in_seconds: 60,
  authorizer_uri:
    'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:check/invocations',
})
const method = (values: Json, name = 'm', index?: string): Json =>
  resource(
    'aws_api_gateway_method',
    name,
    { rest_api_id: 'api1', resource_id: 'r1', http_method: 'GET', ...values },
    index,
  )
const state = (resources: readonly Json[], children: readonly Json[] = []): Json => ({
  values: { root_module: { resources, child_modules: children } },
})

const moduleWith = (key: string): Json => {
  const prefix = `module.api["${key}"].`
  return {
    address: `module.api["${key}"]`,
    resources: [
      resource('aws_apigatewayv2_api', 'api', { id: key, protocol_type: 'HTTP' }, undefined, prefix),
      resource(
        'aws_apigatewayv2_route',
        'r',
        { id: `r${key}`, api_id: key, route_key: `GET /${key}`, authorization_type: 'NONE' },
        undefined,
        prefix,
      ),
    ],
  }
}

describe('states', () => {
  test('DEF-TF-01 a state gives routes by identifiers, and empty text is what is not set', async () => {
    const { routes, stops, result } = await read(
      state([
        API,
        PART,
        AUTHORIZER,
        method({
          authorization: 'CUSTOM',
          authorizer_id: 'auth1',
          api_key_required: false,
          authorization_scopes: null,
        }),
        method({ http_method: 'PUT', authorization: 'NONE', authorizer_id: '' }, 'put'),
        { ...method({ http_method: 'POST', authorization: 'NONE' }, 'read'), mode: 'data' },
      ]),
    )
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET /p -> a', 'PUT /p -> NONE'])
    expect(result.definition.apis[0]?.authorizers['a']).toMatchObject({
      authorizerResultTtlInSeconds: 60,
      function: 'check',
    })
  })

  test('DEF-TF-01 modules are walked, and names that occur twice get longer', async () => {
    const { result, routes, stops } = await read(state([], [moduleWith('one'), moduleWith('two')]))
    expect(stops).toEqual([])
    expect(result.definition.apis.map((each) => each.name)).toEqual(['module.api["one"].api', 'module.api["two"].api'])
    expect(routes).toEqual(['GET /one -> NONE', 'GET /two -> NONE'])
  })

  test.each([
    [{ authorization: 'CUSTOM', authorizer_id: 'other' }, 'external DEF-CFN-03'],
    [{ authorization: 'CUSTOM', authorizer_id: '' }, 'unresolved DEF-CFN-03'],
    [{ authorization: 'CUSTOM', authorizer_id: {} }, 'external DEF-CFN-03'],
    [{ authorization: null }, 'invalid DEF-TF-02'],
    [{ authorization: [] }, 'invalid DEF-GEN-15'],
    [{}, 'invalid DEF-TF-02'],
  ])('DEF-TF-01 a method with %j is undecided', async (values, stop) => {
    const { routes, stops } = await read(state([API, PART, AUTHORIZER, method(values)]))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toContain(stop)
  })

  test('DEF-TF-09 two resources with one identifier are no target', async () => {
    const twin = { ...AUTHORIZER, address: 'aws_api_gateway_authorizer.b', name: 'b' }
    const { routes } = await read(
      state([API, PART, AUTHORIZER, twin, method({ authorization: 'CUSTOM', authorizer_id: 'auth1' })]),
    )
    expect(routes).toEqual(['GET /p -> ?'])
  })

  test('DEF-GEN-02 a state without APIs, and one that is broken, are reported', async () => {
    expect((await read(state([]))).stops).toEqual(['nothing-found DEF-GEN-02'])
    expect((await read({ values: {} })).stops).toEqual(['nothing-found DEF-GEN-02'])
    expect((await read({ values: { root_module: { resources: 5, child_modules: 'x' } } })).stops).toEqual([
      'nothing-found DEF-GEN-02',
    ])
    expect((await read(state([{ type: 5, address: {}, values: [] }, {}]))).stops).toEqual(['nothing-found DEF-GEN-02'])
  })
})

/** A plan: nothing is deployed yet, and identifiers are not known. */
const plan = (
  expression: Json | undefined,
  more: { resources?: readonly Json[]; configuration?: Json; unknown?: Json } = {},
): Json => {
  const unknownId = { after_unknown: { id: true } }
  return {
    planned_values: {
      root_module: {
        resources: [
          resource('aws_api_gateway_rest_api', 'api', { name: 'n' }),
          resource('aws_api_gateway_resource', 'p', { path_part: 'p' }),
          resource('aws_api_gateway_authorizer', 'a', {
            name: 'a',
            type: 'TOKEN',
            identity_source: 'method.request.header.Authorization',
          }),
          resource('aws_api_gateway_method', 'm', { http_method: 'GET', authorization: 'CUSTOM' }),
          ...(more.resources ?? []),
        ],
      },
    },
    resource_changes: [
      { address: 'aws_api_gateway_rest_api.api', change: { after_unknown: { id: true, root_resource_id: true } } },
      {
        address: 'aws_api_gateway_resource.p',
        change: { after_unknown: { id: true, rest_api_id: true, parent_id: true } },
      },
      {
        address: 'aws_api_gateway_authorizer.a',
        change: { after_unknown: { id: true, rest_api_id: true, authorizer_uri: true } },
      },
      {
        address: 'aws_api_gateway_method.m',
        change: {
          after_unknown: { id: true, rest_api_id: true, resource_id: true, authorizer_id: true, ...more.unknown },
        },
      },
      ...(more.resources ?? []).map(({ address }) => ({ address, change: unknownId })),
    ],
    configuration: {
      root_module: {
        resources: [
          {
            address: 'aws_api_gateway_resource.p',
            expressions: {
              rest_api_id: refs('aws_api_gateway_rest_api.api.id'),
              parent_id: refs('aws_api_gateway_rest_api.api.root_resource_id'),
            },
          },
          {
            address: 'aws_api_gateway_authorizer.a',
            expressions: {
              rest_api_id: refs('aws_api_gateway_rest_api.api.id'),
              authorizer_uri: refs('aws_lambda_function.check.invoke_arn'),
            },
          },
          {
            address: 'aws_api_gateway_method.m',
            expressions: {
              rest_api_id: refs('aws_api_gateway_rest_api.api.id'),
              resource_id: refs('aws_api_gateway_resource.p.id'),
              ...(expression !== undefined && { authorizer_id: expression }),
            },
          },
        ],
        ...more.configuration,
      },
    },
  }
}

/** References as Terraform lists them: the whole path, then its beginning. */
const refs = (...paths: readonly string[]): Json => ({
  references: paths.flatMap((path) => [path, path.replace(/\.[^.]+$/, '')]),
})

const authorizerInstance = (key: string): Json =>
  resource('aws_api_gateway_authorizer', 'k', { name: key, rest_api_id: 'x', type: 'TOKEN' }, key)

describe('plans', () => {
  test('DEF-TF-01 identifiers that are not known are followed through the configuration', async () => {
    const { routes, stops, result } = await read(plan(refs('aws_api_gateway_authorizer.a.id')))
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET /p -> a'])
    expect(result.definition.apis[0]?.authorizers['a']?.function).toBe('check')
  })

  test.each([
    ['no expression', undefined],
    ['two authorizers', refs('aws_api_gateway_authorizer.a.id', 'aws_api_gateway_authorizer.b.id')],
    ['a local', { references: ['local.id'] }],
    ['a variable of the root', { references: ['var.id'] }],
    ['a data source', refs('data.aws_x.y.id')],
    ['a value of for_each', { references: ['each.value.id', 'each.value'] }],
    [
      'an index that is not explained',
      { references: ['aws_api_gateway_authorizer.a.id', 'aws_api_gateway_authorizer.a', 'each.key'] },
    ],
    ['an output of a module that is not there', { references: ['module.x.id', 'module.x'] }],
    ['nothing', { references: [] }],
    ['wrong types', { references: [5, null, {}] }],
  ])('DEF-TF-01 DEF-RES-01 an authorizer that depends on %s is undecided', async (_, expression) => {
    const { routes, stops } = await read(plan(expression))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops.length).toBeGreaterThan(0)
  })

  test('DEF-TF-01 an index that depends on the instance is followed only to a single instance', async () => {
    const expression = { references: ['aws_api_gateway_authorizer.k', 'each.key'] }
    const one = await read(plan(expression, { resources: [authorizerInstance('one')] }))
    expect(one.stops).toContain('invalid DEF-TF-02') // of another API, and found
    const two = await read(plan(expression, { resources: [authorizerInstance('one'), authorizerInstance('two')] }))
    expect(two.stops).toContain('unresolved DEF-RES-01')
    expect(two.routes).toContain('GET /p -> ?')
  })

  test('DEF-TF-01 variables and outputs of modules are followed', async () => {
    const { routes } = await read(
      plan(refs('module.auth.authorizer_id'), {
        configuration: {
          module_calls: {
            auth: {
              expressions: { id: refs('aws_api_gateway_authorizer.a.id') },
              module: { outputs: { authorizer_id: { expression: { references: ['var.id'] } } } },
            },
          },
        },
      }),
    )
    expect(routes).toEqual(['GET /p -> a'])
  })

  test('DEF-IN-05 modules that refer to each other without end are undecided', async () => {
    const { routes } = await read(
      plan(refs('module.auth.id'), {
        configuration: {
          module_calls: {
            auth: {
              expressions: { id: refs('module.auth.id') },
              module: { outputs: { id: { expression: { references: ['var.id'] } } } },
            },
          },
        },
      }),
    )
    expect(routes).toEqual(['GET /p -> ?'])
  })

  test('DEF-TF-01 a type of authorization that is not known is undecided, never open', async () => {
    const { routes, stops } = await read(
      plan(refs('aws_api_gateway_authorizer.a.id'), { unknown: { authorization: true } }),
    )
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toContain('unresolved DEF-RES-01')
  })

  test('DEF-TF-01 a body that is known after apply is external', async () => {
    const { stops } = await read({
      planned_values: { root_module: { resources: [resource('aws_api_gateway_rest_api', 'api', { name: 'n' })] } },
      resource_changes: [{ address: 'aws_api_gateway_rest_api.api', change: { after_unknown: { body: true } } }],
    })
    expect(stops).toEqual(['external DEF-TF-07'])
  })

  test('DEF-TF-01 blocks with values that are not known keep what is known', async () => {
    const { stops, routes } = await read({
      planned_values: {
        root_module: {
          resources: [
            resource('huaweicloud_apig_custom_authorizer', 'a', {
              name: 'abc',
              type: 'FRONTEND',
              identity: [{ location: 'HEADER', validation: null }],
            }),
            resource('huaweicloud_apig_api', 'p', {
              group_id: 'g',
              request_method: 'GET',
              request_path: '/p',
              security_authentication: 'AUTHORIZER',
            }),
          ],
        },
      },
      resource_changes: [
        {
          address: 'huaweicloud_apig_custom_authorizer.a',
          change: { after_unknown: { id: true, identity: [{ name: true }] } },
        },
        { address: 'huaweicloud_apig_api.p', change: { after_unknown: { authorizer_id: true } } },
      ],
      configuration: {
        root_module: {
          resources: [
            {
              address: 'huaweicloud_apig_api.p',
              expressions: { authorizer_id: refs('huaweicloud_apig_custom_authorizer.a.id') },
            },
          ],
        },
      },
    })
    expect(stops).toContain('unresolved DEF-RES-01')
    expect(routes).toEqual(['GET /p -> ?'])
  })
})

const configurationOf = (type: string, name: string): Json => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  name,
})
const API_CONFIGURATION = configurationOf('aws_api_gateway_rest_api', 'api')
const METHOD_CONFIGURATION = configurationOf('aws_api_gateway_method', 'left')

describe('plans that are not complete', () => {
  const planWith = (more: Json): Json => ({
    planned_values: { root_module: { resources: [API, PART, method({ authorization: 'NONE' })] } },
    ...more,
  })
  const before = { values: { root_module: { resources: [API, method({ authorization: 'NONE' }, 'other')] } } }
  const deleted = { address: 'aws_api_gateway_method.other', change: { actions: ['delete'], after_unknown: {} } }

  test.each<[name: string, more: Json, stops: readonly string[]]>([
    ['of Terraform without targets', { complete: true, errored: false }, []],
    ['with targets', { complete: false }, ['unresolved DEF-TF-01']],
    ['with errors', { errored: true }, ['unresolved DEF-TF-01']],
    ['with deferred changes', { deferred_changes: [{ reason: 'x' }] }, ['unresolved DEF-TF-01']],
    ['without a resource of the state', { prior_state: before }, ['unresolved DEF-TF-01']],
    ['that deletes a resource of the state', { prior_state: before, resource_changes: [deleted] }, []],
  ])('DEF-TF-01 a plan %s', async (_, more, stops) => {
    expect((await read(planWith(more))).stops).toEqual(stops)
  })

  test.each<[name: string, resources: Json[], calls: Json, known: readonly string[], stops: readonly string[]]>([
    ['every resource', [{ ...API_CONFIGURATION }], {}, ['aws_api_gateway_rest_api.api'], []],
    ['a resource that was left out', [METHOD_CONFIGURATION], {}, [], ['unresolved DEF-TF-01']],
    ['instances of a resource', [METHOD_CONFIGURATION], {}, ['aws_api_gateway_method.left["a.b"]'], []],
    ['a resource of another kind', [{ address: 'aws_vpc.v', mode: 'managed', type: 'aws_vpc', name: 'v' }], {}, [], []],
    ['a data source', [{ ...METHOD_CONFIGURATION, mode: 'data' }], {}, [], []],
    [
      'a resource in a module',
      [],
      { m: { module: { resources: [METHOD_CONFIGURATION] } } },
      [],
      ['unresolved DEF-TF-01'],
    ],
    [
      'a resource in instances of a module',
      [],
      { m: { module: { resources: [METHOD_CONFIGURATION] } } },
      ['module.m["x"].aws_api_gateway_method.left'],
      [],
    ],
  ])('DEF-TF-01 an older plan whose configuration has %s', async (_, resources, calls, known, stops) => {
    const configuration = { root_module: { resources, module_calls: calls } }
    const resource_changes = known.map((address) => ({ address, change: { actions: ['create'], after_unknown: {} } }))
    expect((await read(planWith({ configuration, resource_changes }))).stops).toEqual(stops)
    expect((await read(planWith({ complete: true, configuration, resource_changes }))).stops).toEqual([])
  })

  test('DEF-TF-01 a resource that is forgotten stays deployed', async () => {
    const forgotten = { ...deleted, type: 'aws_api_gateway_method', change: { actions: ['forget'], after_unknown: {} } }
    expect((await read(planWith({ complete: true, resource_changes: [forgotten] }))).stops).toEqual([
      'unresolved DEF-TF-01',
    ])
    const other = { ...forgotten, address: 'aws_vpc.v', type: 'aws_vpc' }
    expect((await read(planWith({ complete: true, resource_changes: [other] }))).stops).toEqual([])
  })

  test('DEF-TF-01 a deposed object does not say what the current one is', async () => {
    const address = 'aws_apigatewayv2_route.r'
    const current = { address, change: { after_unknown: { authorization_type: true } } }
    const http = resource('aws_apigatewayv2_api', 'h', { id: 'h1', name: 'h', protocol_type: 'HTTP' })
    const route = resource('aws_apigatewayv2_route', 'r', { api_id: 'h1', route_key: 'GET /p' })
    const deposed = { address, deposed: '1', change: { actions: ['delete'], after_unknown: {} } }
    for (const resource_changes of [
      [current, deposed],
      [deposed, current],
    ]) {
      const planned_values = { root_module: { resources: [http, route] } }
      expect((await read({ planned_values, resource_changes })).routes).toEqual(['GET /p -> ?'])
    }
  })
})
