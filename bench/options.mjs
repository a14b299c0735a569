/** Options of `npm run bench`. */
import { parseArgs } from 'node:util'

const SECTIONS = ['express', 'koa', 'hono', 'evaluate']

const USAGE = `Usage: npm run bench -- [--quick] [--only ${SECTIONS.join('|')}] [--rounds N] [--seconds N]`

const positive = (name, text, fallback) => {
  const value = text === undefined ? fallback : Number(text)
  if (!(value > 0)) throw new Error(`--${name}: found ${text}; allowed: a number above 0`)
  return value
}

const parse = () => {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
    },
  })
  const unknown = values.only?.find((each) => !SECTIONS.includes(each))
  if (unknown !== undefined) throw new Error(`--only: found ${unknown}; allowed: ${SECTIONS.join(', ')}`)
  return {
    sections: values.only ?? SECTIONS,
    rounds: Math.ceil(positive('rounds', values.rounds, values.quick ? 3 : 9)),
    seconds: positive('seconds', values.seconds, values.quick ? 0.5 : 1),
  }
}

const exitWithUsage = ({ message }) => {
  console.error(`${message}\n${USAGE}`)
  process.exit(2)
}

export const readOptions = () => {
  try {
    return parse()
  } catch (error) {
    return exitWithUsage(error)
  }
}
