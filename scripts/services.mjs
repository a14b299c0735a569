// npm run services [service ...]: runs the tests of two open-source services, which it downloads, without and with a guard.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { SERVICE_NAMES } from './commands.mjs'
import { pack } from './pack.mjs'
import { etherpad } from './services/etherpad/service.mjs'
import { addGuard, download, installPackages } from './services/install.mjs'
import { localtunnel } from './services/localtunnel/service.mjs'
import { sendRequests } from './services/requests.mjs'
import { compareTests, runTests, unexpectedFailures, summaryOf } from './services/tests.mjs'

const SERVICES = { etherpad, localtunnel }

/** The functions of `services/authorizers.cjs`. */
const AUTHORIZERS = ['native', 'lambda']

const print = (...cells) => console.log(`  ${cells[0].padEnd(56)} ${cells.slice(1).join('  ')}`)

/** Runs one service. Resolves with one line per difference. */
const runService = async (service, folder, tarballs) => {
  console.log(`\n${service.title}`)
  await download(service, folder)
  const without = await runTests(service, folder)
  print('its tests, without a guard', summaryOf(without))
  await installPackages(service, folder, tarballs)
  await addGuard(service, folder)
  const differences = unexpectedFailures(service, without)
  for (const authorizer of AUTHORIZERS) {
    const guarded = await runTests(service, folder, authorizer)
    print(`its tests, guarded, ${authorizer} authorizer`, summaryOf(guarded))
    differences.push(...compareTests(without, guarded).map((each) => `${authorizer}: ${each}`))
    for (const { name, statuses, expected } of await sendRequests(service, folder, authorizer)) {
      print(`${authorizer}: ${name}`, ...statuses)
      if (statuses.join(' ') !== expected.join(' '))
        differences.push(`${authorizer}: ${name}: ${statuses.join(' ')}; expected ${expected.join(' ')}`)
    }
  }
  return differences
}

/** Runs the named services, by default all. With `keep`, the folder is not removed. Resolves with an exit code. */
export const services = async (names, { keep = false } = {}) => {
  const work = mkdtempSync(join(tmpdir(), 'services-'))
  const tarballs = join(work, 'tarballs')
  const differences = []
  try {
    if ((await pack(tarballs, { quiet: true })) !== 0) return 1
    for (const name of names.length > 0 ? names : SERVICE_NAMES) {
      const folder = join(work, name)
      mkdirSync(folder)
      differences.push(...(await runService(SERVICES[name], folder, tarballs)))
    }
  } finally {
    if (keep) console.log(`\nThe services are in ${work}`)
    else rmSync(work, { recursive: true, force: true })
  }
  console.log(differences.length === 0 ? '\nNo differences.' : `\nDifferences:\n${differences.join('\n')}`)
  return differences.length === 0 ? 0 : 1
}
