import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../support/root.ts'

const folder = join(root, '.github', 'workflows')
const workflows = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)

describe.each(workflows)('the workflow %s', (_, text) => {
  test('SEC-118 pins every action to a commit', () => {
    const uses = [...text.matchAll(/^\s*-?\s*uses:\s*(\S+)/gm)].map(([, action = '']) => action)
    expect(uses.length).toBeGreaterThan(0)
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([])
  })

  test('SEC-118 has no permissions except those of a job', () => {
    expect(text).toMatch(/^permissions: \{\}$/m)
    expect(text).not.toMatch(/write-all|pull_request_target/)
  })

  test('SEC-118 uses no long-lived token', () => {
    expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN|secrets\.(?!GITHUB_TOKEN)/)
    expect(text).toMatch(/persist-credentials: false/)
  })

  test('never interpolates text of an event into a command', () => {
    expect(text).not.toMatch(/\$\{\{\s*github\.(?:event|head_ref)/)
  })
})

/** The jobs that can identify themselves to another service. npm trusts `publish` of the release workflow only. */
const IDENTIFIED: Readonly<Record<string, readonly string[]>> = { 'release.yml': ['publish'], 'site.yml': ['deploy'] }

const jobsOf = (text: string): readonly string[] => text.split(/^ {2}(?=\w+:$)/m)

test('SEC-118 only the jobs that publish can identify themselves', () => {
  for (const [name, text] of workflows) {
    const jobs = jobsOf(text).filter((job) => job.includes('id-token'))
    expect(jobs.map((job) => job.split(':')[0])).toEqual(IDENTIFIED[name] ?? [])
  }
})

test('SEC-118 packages are published after the tests and an approval', () => {
  const [, text = ''] = workflows.find(([name]) => name === 'release.yml') ?? []
  const job = jobsOf(text).find((each) => each.startsWith('publish:'))
  expect(job).toMatch(/^ {4}needs: test$/m)
  expect(job).toMatch(/^ {4}environment: release$/m)
  expect(job).toContain('npm ci --ignore-scripts')
})

test('SEC-118 the job that publishes the site runs no code of the repository', () => {
  const [, text = ''] = workflows.find(([name]) => name === 'site.yml') ?? []
  const job = jobsOf(text).find((each) => each.startsWith('deploy:'))
  expect(job).toMatch(/^ {4}environment: github-pages$/m)
  expect(job).not.toMatch(/run:|checkout/)
})

test('SEC-118 packages are published with provenance', () => {
  for (const name of readdirSync(join(root, 'packages'))) {
    const { publishConfig } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
      publishConfig?: object
    }
    expect(publishConfig, name).toEqual({ access: 'public', provenance: true })
  }
})

test('SEC-119 SECURITY.md explains how to report a vulnerability, and the README and CONTRIBUTING link to it', () => {
  const security = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  for (const heading of [
    'Reporting a vulnerability',
    'Supported versions',
    'Threat model',
    'What is not a vulnerability',
  ])
    expect(security).toMatch(new RegExp(`^## ${heading}$`, 'm'))
  expect(security).toMatch(/acknowledge[^|]*\|\s*3 days/)
  expect(security).toMatch(/critical[^|]*\|\s*14 days/)
  expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain('SECURITY.md')
  expect(existsSync(join(root, 'README.md')) && readFileSync(join(root, 'README.md'), 'utf8')).toContain('SECURITY.md')
})
