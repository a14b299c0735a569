/** `custom-authorizer invoke`: runs one authorizer function, like "Test authorizer" in the consoles of the gateways. @module */
import type { GatewayRequest } from '@custom-authorizer/core'
import { type Command, defineCommand } from '../arguments/command.ts'
import { optionName } from '../arguments/table.ts'
import type { Host } from '../host.ts'
import { writeJson } from '../output/json.ts'
import { style } from '../output/style.ts'
import { readJson } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'
import { contractOptions, createContract } from './contract-options.ts'
import { type AnyContract, CONTRACT_NAMES, type ContractName, type ShortForm } from './contracts.ts'
import { evaluationData } from './data.ts'
import { evaluate, replaying } from './evaluation.ts'
import { loadHandler } from '../handler/load.ts'
import { INVOKE_OPTIONS, type InvokeValues } from './options.ts'
import { readEvent } from './recorded-event.ts'
import { reportText } from './report.ts'
import { buildRequest, requestOf } from './request.ts'
import { shapeHint } from './shapes.ts'

/** What is evaluated. */
interface Target {
  readonly contract: AnyContract
  readonly request: GatewayRequest
}

/** Options that describe a request, which a recorded event replaces. */
const OF_REQUEST = ['method', 'path', 'header', 'body', 'source-ip', 'route'] as const
/** Options of steps that a recorded event has already passed. */
const BEFORE_EVENT = [
  'identity-source',
  'identity-validation-expression',
  'ttl',
  'stage-variable',
  'user-data',
  'api',
] as const

const isSet = (value: InvokeValues[keyof InvokeValues]): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false

const one = (value: string | number | undefined): readonly string[] => (value === undefined ? [] : [String(value)])

const shortForms = (values: InvokeValues): Readonly<Record<ShortForm, readonly string[]>> => ({
  'identity-source': values['identity-source'],
  'identity-validation-expression': one(values['identity-validation-expression']),
  'payload-version': one(values['payload-version']),
  'simple-responses': values['simple-responses'] ? ['true'] : [],
  ttl: one(values.ttl),
  'stage-variable': values['stage-variable'],
  'user-data': one(values['user-data']),
})

const optionsFor = (name: ContractName, values: InvokeValues): Readonly<Record<string, unknown>> =>
  contractOptions(name, { option: values.option, api: values.api, short: shortForms(values) })

const fromArguments = (values: InvokeValues, cwd: string): Target => {
  if (values.contract === undefined)
    throw new UsageError(
      '--contract is missing: it names the kind of the authorizer',
      `Contracts: ${CONTRACT_NAMES.join(', ')}`,
      'Or pass a recorded event with --event FILE.',
    )
  const name = values.contract as ContractName
  const { method = 'GET', path = '/', header: headers, body, route, 'source-ip': sourceIp = '127.0.0.1' } = values
  const contract = createContract(name, optionsFor(name, values), values.option.length > 0)
  return { contract, request: requestOf({ method, path, headers, body, route, sourceIp }, cwd) }
}

const fromEvent = async (file: string, values: InvokeValues, host: Host): Promise<Target> => {
  for (const name of [...OF_REQUEST, ...BEFORE_EVENT])
    if (isSet(values[name])) throw new UsageError(`${optionName(name)} has no effect with --event`)
  if (values.contract === 'native')
    throw new UsageError('--event does not apply to native: its function receives the request itself')
  const event = await readJson(file, host)
  const { contract: recognized, request, ...recorded } = readEvent(event, file === '-' ? 'standard input' : file)
  const name = (values.contract as ContractName | undefined) ?? recognized
  const own = name === recognized ? recorded.options : {}
  // ARNs of a policy are compared with that of the event.
  const api = name.startsWith('aws.') && recorded.api !== undefined ? { api: recorded.api } : {}
  const contract = createContract(name, { ...own, ...api, ...optionsFor(name, values) }, values.option.length > 0)
  return { contract: replaying(contract, event), request: buildRequest(request) }
}

/** The command `invoke`. */
export const invoke: Command = defineCommand(
  {
    name: 'invoke',
    summary: 'Calls an authorizer function with a request or a recorded event, and explains the decision.',
    positionals: [
      {
        name: 'HANDLER',
        description:
          'Module of the function, or MODULE#EXPORT. Default export: handler, else the default export, else the only function.',
      },
    ],
    notes: [
      'Prints the event, the result of the function, the decision, the response that the client gets, the context for the handler, the duration, and why. Output of the function itself goes to standard error.',
    ],
    exitCodes: {
      0: 'every request is allowed',
      1: 'a request is denied, for any reason: also if the function fails',
      2: 'a usage error, a file that cannot be read, or a function that cannot be loaded',
    },
    examples: [
      {
        command:
          "custom-authorizer invoke authorizer.js --contract aws.token --path /pets -H 'Authorization: Bearer x'",
        description: 'Call a TOKEN authorizer:',
      },
      {
        command: 'custom-authorizer invoke authorizer.js --event event.json',
        description: 'Replay an event from a log:',
      },
      {
        command:
          "custom-authorizer invoke src/authorizer.js#admin --contract aws.httpApi --simple-responses --identity-source '$request.header.Authorization' --ttl 60 --times 2 -H 'Authorization: Bearer x'",
        description: 'Show that the second request is served from the cache:',
      },
    ],
  },
  INVOKE_OPTIONS,
  async ({ positionals, values }, host) => {
    const { event, times = 1, 'timeout-ms': timeoutMs } = values
    const target = event === undefined ? fromArguments(values, host.cwd) : await fromEvent(event, values, host)
    const { contract, request } = target
    const handler = await loadHandler(positionals[0] as string, host)
    const { authorize, file, exportName } = handler
    const evaluated = await evaluate({ ...target, authorize, times, timeoutMs, clock: host.clock })
    const calls = evaluated.evaluations.map((each) => evaluationData(each, handler, host.cwd))
    const hint = calls.map(shapeHint).find((each) => each !== undefined)
    const shown = new Set(calls.flatMap(({ explanation }) => [explanation.problem, explanation.hint]))
    const notes = [...evaluated.notes.filter((note) => !shown.has(note)), ...(hint === undefined ? [] : [hint])]
    const isAllowed = calls.every(({ decision }) => decision.verdict === 'allow')
    const { method, path } = request
    if (values.json) {
      const head = { command: 'invoke', handler: { file, export: exportName }, contract: contract.name }
      writeJson(host.stdout, { ...head, request: { method, path }, allowed: isAllowed, calls, notes })
    } else {
      const head = { file, exportName, contract: contract.name, method, path }
      const options = { timeoutMs: timeoutMs ?? contract.timeoutMs, style: style(host.colour) }
      host.stdout.write(reportText(head, calls, notes, options))
    }
    return isAllowed ? 0 : 1
  },
)
