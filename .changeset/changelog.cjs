// How the changesets become entries of CHANGELOG.md: their text as it is, without commits.
module.exports = {
  getReleaseLine: ({ summary }) => {
    const [first, ...rest] = summary.trim().split('\n')
    return [`- ${first}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))].join('\n')
  },
  // All packages share one version, so that a list of dependencies says nothing.
  getDependencyReleaseLine: () => '',
}
