/** Part of the page's script: the list of decisions, its filters, and its keyboard. @module */

export const LIST_SCRIPT: string = String.raw`
const list = byId('list')
const detailPane = byId('detail')
const wide = window.matchMedia('(min-width: 900px)')
const filters = { path: '', verdict: '', reason: '', source: '' }

const isShown = (row) =>
  (filters.path === '' || row.path.toLowerCase().includes(filters.path)) &&
  (filters.verdict === '' || row.verdict === filters.verdict) &&
  (filters.reason === '' || row.reason === filters.reason) &&
  (filters.source === '' || String(row.source) === filters.source)

const option = (row, isFresh = false) => {
  const element = el('div', {
    role: 'option', id: 'row-' + row.id, class: 'row' + (isFresh ? ' fresh' : ''), tabindex: '-1',
    'data-verdict': row.verdict, 'aria-selected': String(row.id === state.selected),
  },
    el('span', { class: 'time' }, timeOf(row.at)),
    el('span', { class: 'verdict' }, verdictOf(row)),
    el('span', { class: 'method' }, row.method),
    el('span', { class: 'path', title: row.path }, row.isTest && el('span', { class: 'tag' }, 'test'), row.path),
    el('span', { class: 'reason', title: row.reason }, row.reason),
    el('span', { class: 'principal', title: row.principalId }, row.principalId ?? ''),
    el('span', { class: 'cache' }, cacheOf(row.cache)),
    el('span', { class: 'ms' }, durationOf(row.durationMs)))
  element.addEventListener('click', () => choose(row.id, { open: true, focus: true }))
  return element
}

const options = () => [...list.children]
const idOf = (element) => Number(element.id.slice(4))

/* One option is in the tab order: the selected one, or else the first. */
const updateTabStop = () => {
  const all = options()
  const stop = all.find((each) => idOf(each) === state.selected) ?? all[0]
  for (const each of all) each.tabIndex = each === stop ? 0 : -1
}

const updateCounts = () => {
  const denied = state.rows.filter(({ verdict }) => verdict === 'deny').length
  const shown = list.children.length
  const all = plural(state.rows.length, 'decision') + ', ' + denied + ' denied'
  setText(byId('counts'), shown === state.rows.length ? all : all + ', ' + shown + ' shown')
  const empty = byId('empty')
  empty.hidden = shown > 0
  setText(empty.firstElementChild, state.rows.length > 0
    ? 'No decision matches the filters.'
    : 'No decisions yet. Send a request to your service, or a test request.')
}

const updateReasons = () => {
  const select = byId('filter-reason')
  const known = new Set([...select.options].map(({ value }) => value))
  for (const { reason } of state.rows)
    if (!known.has(reason)) {
      known.add(reason)
      select.append(el('option', { value: reason }, reason))
    }
}

const renderList = () => {
  const focused = list.contains(document.activeElement)
  list.replaceChildren(...state.rows.filter(isShown).toReversed().map((row) => option(row)))
  updateReasons()
  updateTabStop()
  updateCounts()
  if (focused) (options().find((each) => each.tabIndex === 0) ?? byId('filter-path')).focus()
}

/* Adds the newest decisions, and removes the oldest ones over the limit. */
const addRows = (rows) => {
  state.rows.push(...rows)
  const removed = state.rows.splice(0, Math.max(0, state.rows.length - state.maxDecisions))
  for (const row of rows.filter(isShown)) list.prepend(option(row, true))
  for (const { id } of removed) {
    const element = byId('row-' + id)
    if (element !== null && element.contains(document.activeElement)) element.previousElementSibling?.focus()
    element?.remove()
  }
  updateReasons()
  updateTabStop()
  updateCounts()
}

const addProblems = (problems) => {
  state.problems = [...state.problems, ...problems].slice(-100)
  byId('problems').hidden = state.problems.length === 0
  setText(byId('problems-summary'), 'Problems (' + state.problems.length + ')')
  byId('problems-list').replaceChildren(...state.problems.toReversed().map(({ at, authorizer, kind, message }) =>
    el('li', {}, timeOf(at) + '  ' + kind + '  ' + authorizer + ': ' + message)))
}

let opened = 0
const closeDetail = () => {
  opened++
  detailPane.hidden = true
  document.querySelector('main').classList.remove('split')
  ;(options().find((each) => each.tabIndex === 0) ?? byId('filter-path')).focus()
}

const openDetail = async (id) => {
  opened++
  const current = opened
  const back = el('button', { type: 'button', class: 'quiet close' }, 'Close')
  back.addEventListener('click', closeDetail)
  let sheet
  try {
    sheet = decisionSheet(await api('api/decision?id=' + id), { actions: [back] })
  } catch (error) {
    sheet = el('div', { class: 'sheet' }, el('div', { class: 'top' }, callout('problem', 'No explanation', error.message), back))
  }
  if (current !== opened) return
  detailPane.replaceChildren(sheet)
  detailPane.hidden = false
  detailPane.scrollTop = 0
  document.querySelector('main').classList.add('split')
  showDifferences(detailPane)
}

const choose = async (id, { open = false, focus = false, enter = false } = {}) => {
  state.selected = id
  for (const each of options()) each.setAttribute('aria-selected', String(idOf(each) === id))
  updateTabStop()
  const element = byId('row-' + id)
  if (focus) element?.focus()
  element?.scrollIntoView({ block: 'nearest' })
  if (!open) return
  await openDetail(id)
  if (enter || !wide.matches) detailPane.focus()
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }
list.addEventListener('keydown', (event) => {
  const all = options()
  const at = all.indexOf(event.target.closest('[role="option"]'))
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault()
    void choose(idOf(all[at]), { open: true, enter: true })
    return
  }
  const step = STEPS[event.key]
  if (step === undefined) return
  event.preventDefault()
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))]
  void choose(idOf(next), { open: wide.matches, focus: true })
})
detailPane.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeDetail()
})

const onFilter = (id, name, read = (value) => value) =>
  byId(id).addEventListener('input', ({ target }) => {
    filters[name] = read(target.value)
    renderList()
  })
onFilter('filter-path', 'path', (value) => value.trim().toLowerCase())
onFilter('filter-verdict', 'verdict')
onFilter('filter-reason', 'reason')
onFilter('filter-source', 'source')
byId('filters').addEventListener('submit', (event) => event.preventDefault())
byId('clear').addEventListener('click', () => {
  state.rows = []
  state.selected = undefined
  renderList()
})
`
