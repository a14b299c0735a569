/** What the script has to know about a service. */
export interface Service {
  /** Name and version, with what the service is built on. */
  readonly title: string
  /** The package with its exact version. It contains the tests. */
  readonly package: string
  /** Folder of the service; relative to the folder of the run. */
  readonly folder: string
  /** Versions that differ from those of the service's manifest, with the reason next to them. */
  readonly versions: Readonly<Record<string, string>>
  /** Development dependencies that the tests need. */
  readonly testDependencies: readonly string[]
  /** Our packages that the guard imports. */
  readonly packages: readonly string[]
  /** The folder of this repository with `guard.cjs`, `start.cjs` and `guard.patch`. */
  readonly source: string
  /** Where the files of the guard go, below the folder of the service. */
  readonly guardFolder: string
  /** Files of the guard that are loaded before the service and its tests, relative to the folder of the service. */
  readonly preload: readonly string[]
  /** Arguments of mocha. */
  readonly mocha: readonly string[]
  /** Environment variables of the service and its tests. */
  readonly env: Readonly<Record<string, string>>
  /** Titles of tests that fail without a guard. */
  readonly knownFailures: readonly string[]
  readonly requests: readonly ServiceRequest[]
  /** Prepares the folder after the installation. */
  readonly prepare: (folder: string) => void
}

/** A request that is sent without a key, with a wrong one, with a suspended caller's, and with the key of the tests. */
export interface ServiceRequest {
  /** Method and path. The method UPGRADE opens a WebSocket. */
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  /** Expected status with the key of the tests; 0: the connection is closed without a response. */
  readonly status: number
}
