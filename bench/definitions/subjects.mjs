/** What a definition of 1,000 routes costs: reading it, beside parsing it alone; and a decision, beside one authorizer. */
import { createAuthorizer } from '@custom-authorizer/core'
import { guardApi, readDefinition } from '@custom-authorizer/definitions'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { LineCounter, parseAllDocuments } from 'yaml'
import { authorizerWith, tokenContract, typicalPolicy } from '../guarded.mjs'
import { incomingWith } from '../loop/requests.mjs'
import { DOCUMENTS } from './documents.mjs'

const TOKEN = 'token-of-the-benchmark'
const COUNT = 250
const origin = { file: 'definition', line: 0, pointer: '' }
const routes = Array.from({ length: COUNT }, (_, index) => [
  ['GET', `/r${index}`],
  ['POST', `/r${index}`],
  ['GET', `/r${index}/{id}`],
  ['ANY', `/r${index}/{id}/items/{item}`],
]).flat()

const authorizers = {
  auth: {
    name: 'auth',
    kind: 'TOKEN',
    identitySource: ['method.request.header.Authorization'],
    authorizerResultTtlInSeconds: 300,
    origin,
  },
}
const definition = {
  apis: [
    {
      name: 'bench',
      protocol: 'REST',
      authorizers,
      routes: routes.map(([method, path]) => ({ method, path, authorizer: 'auth', origin })),
    },
  ],
  stops: [],
}

const authorize = authorizerWith(typicalPolicy)
const plain = () => createAuthorizer({ authorize, contract: tokenContract(), logger: null })
const guarded = () =>
  guardApi(definition, { authorizers: { auth: authorize }, logger: null, gateway: { region: 'eu-central-1' } })

/** Decisions on requests whose paths a function makes. */
const deciding = (build, pathOf) => async () => {
  const authorizer = build()
  const request = incomingWith(TOKEN)
  const prepare = () => toGatewayRequest(request(pathOf()))
  const run = (input) => authorizer.evaluate(input)
  for (let index = 0; index < 4; index++) await run(prepare())
  return { prepare, run }
}

let count = 0
const recentPath = () => `/r${count++ % COUNT}`
const newPath = () => `/r${count % COUNT}/${count++}`

/** Runs of one batch: one run takes tens of milliseconds. */
const RUNS = 4

const reading = (name, text) => async () => ({
  prepare: () => ({ name, text }),
  run: (source) => readDefinition(source),
  runs: RUNS,
})
const parsing = (text) => async () => ({
  prepare: () => text,
  run: (input) => void parseAllDocuments(input, { lineCounter: new LineCounter(), uniqueKeys: false }),
  runs: RUNS,
})

export const DEFINITION_SUBJECTS = {
  'one authorizer, recent path': deciding(plain, recentPath),
  '1,000 routes, recent path': deciding(guarded, recentPath),
  'one authorizer, new path': deciding(plain, newPath),
  '1,000 routes, new path': deciding(guarded, newPath),
  ...Object.fromEntries(
    DOCUMENTS.flatMap(({ format, name, text }) => [
      [`parse ${format}`, parsing(text)],
      [`read ${format}`, reading(name, text)],
    ]),
  ),
}
