// Downloads a service with the dependencies of its tests, and adds the guard as its team would.
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

import { manifests, tarballOf } from '../pack.mjs'

const run = promisify(execFile)

/** Dependencies are installed as they were on this day, so that a new version of one of them changes nothing here. */
const INSTALLED_ON = '2026-11-01'
const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']

/** The environment without the settings of npm in this repository, which are variables of its scripts. */
export const environment = (more) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_OPTIONS|NODE_ENV)/.test(name))),
  ...more,
})

const npm = (folder, args) => run('npm', args, { cwd: folder, env: environment() })

/** Removes development dependencies that the tests do not need, such as linters and browsers, from a manifest. */
const reduceManifest = (file, { testDependencies, versions }) => {
  const { devDependencies, ...manifest } = JSON.parse(readFileSync(file, 'utf8'))
  const ofTests = Object.fromEntries(testDependencies.map((name) => [name, devDependencies[name]]))
  const dependencies = { ...manifest.dependencies, ...ofTests, ...versions }
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies }, undefined, 2))
}

/** Downloads a service into a folder, and installs its dependencies. */
export const download = async (service, folder) => {
  const { stdout } = await npm(folder, ['pack', service.package, '--silent'])
  await run('tar', ['xzf', stdout.trim()], { cwd: folder })
  const target = join(folder, service.folder)
  renameSync(join(folder, 'package'), target)
  reduceManifest(join(target, 'package.json'), service)
  await npm(target, [...INSTALL, `--before=${INSTALLED_ON}`])
  service.prepare(folder)
}

/** Installs the packed packages of this repository in a service. */
export const installPackages = (service, folder, tarballs) => {
  const packed = manifests
    .filter(({ name }) => service.packages.includes(name))
    .map((each) => tarballOf(tarballs, each))
  return npm(join(folder, service.folder), [...INSTALL, ...packed])
}

/** Copies the files of the guard, and patches the service. */
export const addGuard = async (service, folder) => {
  const target = join(folder, service.folder)
  const files = [
    join(import.meta.dirname, 'authorizers.cjs'),
    join(service.source, 'guard.cjs'),
    join(service.source, 'start.cjs'),
  ]
  for (const file of files) cpSync(file, join(target, service.guardFolder, basename(file)))
  // Some files of the services have line endings of Windows.
  await run('git', ['apply', '--ignore-whitespace', '--whitespace=nowarn', join(service.source, 'guard.patch')], {
    cwd: target,
    env: environment({ GIT_CEILING_DIRECTORIES: folder }),
  })
}
