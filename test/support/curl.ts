/** Runs curl commands that documentation and examples print. @module */
import { execFile, execFileSync } from 'node:child_process'
import { request } from 'node:http'
import { promisify } from 'node:util'

export interface PrintedCommand {
  /** The arguments of curl, without shell quotes. */
  readonly args: readonly string[]
  /** The expected status, from the comment after the command. */
  readonly status: number
}

export interface CurlResponse {
  readonly status: number
  readonly body: string
}

const EXPECTED = / # (\d{3})\b/

/**
 * Reads the commands in the output of an example: variables such as `URL='…'`, and lines such as `curl … # 403`. A shell reads
 * them, with a function in the place of curl that prints its arguments, so that quotes and variables mean what they do for users.
 */
export const parseCommands = (output: string): readonly PrintedCommand[] => {
  const lines = output.split('\n').filter((line) => /^(?:curl |[A-Z_]+=')/.test(line))
  const script = ["curl() { printf '%s\\0' \"$@\"; printf '\\n\\0'; }", ...lines].join('\n')
  const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n\0').slice(0, -1)
  const statuses = lines.filter((line) => line.startsWith('curl ')).map((line) => Number(EXPECTED.exec(line)?.[1]))
  return printed.map((args, index) => ({ args: args.split('\0').slice(0, -1), status: statuses[index] ?? 0 }))
}

const hasCurl = ((): boolean => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const parseResponse = (output: string): CurlResponse => ({
  status: Number(/^HTTP\/1\.1 (\d{3})/.exec(output)?.[1]),
  body: output.slice(output.indexOf('\r\n\r\n') + 4),
})

/** The options of curl that the examples use, for machines without curl. */
const standIn = (args: readonly string[]): Promise<CurlResponse> => {
  const url = /^(http:\/\/[^/]+)(\/.*)$/.exec(args.find((each) => each.startsWith('http://')) ?? '')
  const after = (flag: string): string[] => args.filter((_, index) => args[index - 1] === flag)
  return new Promise((resolve, reject) => {
    const sent = request(url?.[1] ?? '', { path: url?.[2] ?? '/', method: after('-X')[0] ?? 'GET', agent: false })
    for (const line of after('-H')) {
      const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
      sent.appendHeader(name, value)
    }
    sent.on('error', reject).on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    sent.end()
  })
}

/** Runs a command with curl, or with a replacement if curl is not installed. */
export const runCommand = async ({ args }: PrintedCommand): Promise<CurlResponse> => {
  if (!hasCurl) return standIn(args)
  const { stdout } = await promisify(execFile)('curl', ['--silent', '--noproxy', '*', ...args])
  return parseResponse(stdout)
}
