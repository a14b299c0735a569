import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDefinition } from '@custom-authorizer/definitions'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

const configuration: Json = {
  variable: { stage: { default: 'dev' }, on: { type: '${bool}' } },
  locals: { routes: { 'GET /a': { auth: 'CUSTOM' }, 'PUT /b': { auth: 'JWT' } }, part: '${lower("P")}' },
  resource: {
    aws_api_gateway_rest_api: { api: { name: 'n' } },
    aws_api_gateway_resource: {
      p: {
        rest_api_id: '${aws_api_gateway_rest_api.api.id}',
        parent_id: '${aws_api_gateway_rest_api.api.root_resource_id}',
        path_part: '${local.part}',
      },
    },
    aws_api_gateway_authorizer: {
      a: {
        name: 'a',
        rest_api_id: '${aws_api_gateway_rest_api.api.id}',
        authorizer_uri: '${aws_lambda_function.f.invoke_arn}',
      },
    },
    aws_api_gateway_method: {
      m: {
        rest_api_id: '${aws_api_gateway_rest_api.api.id}',
        resource_id: '${aws_api_gateway_resource.p.id}',
        http_method: 'GET',
        authorization: '${var.stage == "x" || true ? "CUSTOM" : "NONE"}',
        authorizer_id: '${aws_api_gateway_authorizer.a.id}',
        api_key_required: true,
      },
    },
    aws_apigatewayv2_api: {
      http: { name: 'h', protocol_type: 'HTTP', cors_configuration: [{ allow_origins: ['*'], max_age: 5 }] },
    },
    aws_apigatewayv2_authorizer: {
      req: {
        api_id: '${aws_apigatewayv2_api.http.id}',
        name: 'req',
        authorizer_type: 'REQUEST',
        authorizer_payload_format_version: '2.0',
        identity_sources: ['$request.header.Authorization'],
      },
      jwt: {
        api_id: '${aws_apigatewayv2_api.http.id}',
        name: 'jwt',
        authorizer_type: 'JWT',
        identity_sources: ['$request.header.Authorization'],
        jwt_configuration: { issuer: 'https://issuer.example/', audience: ['x'] },
      },
    },
    aws_apigatewayv2_route: {
      r: {
        for_each: '${local.routes}',
        api_id: '${aws_apigatewayv2_api.http.id}',
        route_key: '${each.key}',
        authorization_type: '${each.value.auth}',
        authorizer_id:
          '${each.value.auth == "JWT" ? aws_apigatewayv2_authorizer.jwt.id : aws_apigatewayv2_authorizer.req.id}',
        authorization_scopes: '${each.value.auth == "JWT" ? ["s"] : null}',
      },
    },
    huaweicloud_apig_custom_authorizer: {
      h: {
        name: 'abc',
        function_urn: 'urn:fss:r:p:function:default:f',
        identity: [{ name: 'X-A', location: 'HEADER' }],
        cache_age: 5,
      },
    },
    huaweicloud_apig_api: {
      p: {
        group_id: 'g',
        request_method: 'GET',
        request_path: '/p',
        security_authentication: 'AUTHORIZER',
        authorizer_id: '${huaweicloud_apig_custom_authorizer.h.id}',
        backend_params: [{ type: 'SYSTEM', name: 'X', location: 'HEADER', value: 'u', system_param_type: 'frontend' }],
        web: [{ path: '/' }],
      },
    },
  },
}

/** Values of unexpected types. */
const STRANGE: readonly Json[] = [
  null,
  true,
  0,
  -1,
  '',
  'NONE',
  'ANY',
  '/',
  '$default',
  [],
  {},
  [[]],
  [null],
  { constructor: { toString: 1 } },
  'x'.repeat(5000),
  'ü\u202E\u0000\uD800',
  '${',
  '${}',
  '${var.on}',
  '${var.stage}',
  '${local.routes}',
  '${local.routes["GET /a"]}',
  '${each.value}',
  '${null}',
  '${aws_api_gateway_authorizer.a.id}',
  '${aws_api_gateway_rest_api.api.id}',
  '${[for x in [1] : x]}',
  '%{ if true }a%{ endif }',
  '${{ for k in [] : k => k }}',
  '${var.on ? "NONE" : "CUSTOM"}',
  '${format("%s", upper(join("", toset(["none"]))))}',
]

const NAMES = [
  'constructor',
  'toString',
  'count',
  'for_each',
  'dynamic',
  'id',
  'authorizer_id',
  'name',
  '${var.on}',
  '',
]

const pathsOf = (node: Json, path: readonly string[] = []): readonly (readonly string[])[] => {
  if (typeof node !== 'object' || node === null) return []
  const paths: (readonly string[])[] = []
  for (const [key, value] of Object.entries(node)) {
    const inner = [...path, key]
    paths.push(inner, ...pathsOf(value, inner))
  }
  return paths
}

type Edit = (parent: Record<string, Json>, key: string) => void

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.constant<Edit>((parent, key) => {
    delete parent[key]
  }),
  fc.constantFrom(...STRANGE).map<Edit>((value) => (parent, key) => {
    parent[key] = value
  }),
  fc.constantFrom(...NAMES).map<Edit>((name) => (parent, key) => {
    parent[name] = parent[key] ?? null
  }),
  fc.constantFrom(...STRANGE).chain((value) =>
    fc.constantFrom(...NAMES).map<Edit>((name) => (parent) => {
      parent[name] = value
    }),
  ),
  fc.constant<Edit>((parent, key) => {
    parent[key] = [parent[key] ?? null, parent[key] ?? null]
  }),
  fc.constant<Edit>((parent, key) => {
    parent[key] = { inner: parent[key] ?? null }
  }),
)

const apply = (document: Json, steps: readonly { readonly at: number; readonly edit: Edit }[]): Json => {
  const copy = structuredClone(document) as Record<string, Json>
  for (const { at, edit } of steps) {
    const paths = pathsOf(copy)
    const path = paths[at % Math.max(paths.length, 1)]
    if (path === undefined) continue
    let parent: Record<string, Json> = copy
    for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, Json>
    edit(parent, path.at(-1) ?? '')
  }
  return copy
}

/** The same resources as a state, with identifiers. */
const state = (document: Json): Json => {
  const types = Object.entries((document as { resource: Record<string, Record<string, Json>> }).resource)
  const resources = types.flatMap(([type, labels]) =>
    Object.entries(labels).map(([name, values]): Json => ({
      address: `${type}.${name}`,
      mode: 'managed',
      type,
      name,
      values: JSON.parse(
        JSON.stringify({ ...(values as object), id: `${type}.${name}`, root_resource_id: 'root' }).replaceAll(
          /\$\{([a-z_\d]+\.[a-z]+)\.(id|root_resource_id)\}/g,
          (_, address: string, attribute: string) => (attribute === 'id' ? address : 'root'),
        ),
      ) as Json,
    })),
  )
  return { terraform_version: '1.9.0', values: { root_module: { resources } } }
}

const check = async (name: string, document: Json): Promise<void> => {
  const { definition, findings } = await readDefinition({ name, text: JSON.stringify(document) })
  for (const { routes } of definition.apis)
    for (const route of routes) {
      const key = route.method === undefined ? route.path : `${route.method} ${route.path}`
      const named = findings.filter((each) => each.routes.includes(key)).map((each) => each.severity)
      if (route.authorizer === null) expect(named.some((each) => each === 'confirm' || each === 'stop')).toBe(true)
      if (route.authorizer === undefined) expect(named).toContain('stop')
    }
}

const steps = fc.array(fc.record({ at: fc.nat(2000), edit: edits }), { minLength: 1, maxLength: 4 })

describe('random edits', () => {
  test('DEF-DEF-06 the documents that are edited are read without findings that stop', async () => {
    const { definition, findings } = await readDefinition({ name: 'main.tf.json', text: JSON.stringify(configuration) })
    expect(findings.filter((each) => each.severity === 'stop')).toEqual([])
    const authorizers = definition.apis.flatMap((each) => each.routes.map((route) => route.authorizer))
    expect(new Set(authorizers)).toEqual(new Set(['a', 'h', 'jwt', 'req']))
  })

  test('DEF-GEN-05 DEF-DEF-06 no edit of a configuration throws, or leaves a route open or undecided without a finding that names it', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => check('main.tf.json', apply(configuration, list))),
      { numRuns: 200 },
    )
  })

  test('DEF-TF-01 DEF-DEF-06 the same holds for a state', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => check('state.json', apply(state(configuration), list))),
      { numRuns: 200 },
    )
  })
})
