/** Part of the page's script: loads the state and receives new decisions. @module */

export const LIVE_SCRIPT: string = String.raw`
const live = byId('live')
const setLive = (kind, text, canReload = false) => {
  live.dataset.state = kind
  setText(byId('live-text'), text)
  byId('reload').hidden = !canReload
}
const showConnected = () => (state.paused ? setLive('paused', 'Paused') : setLive('on', 'Live'))

let notice
const showNotice = (text) => {
  clearTimeout(notice)
  setText(byId('live-text'), text)
  notice = setTimeout(showConnected, 4000)
}

/* Screen readers hear a summary at most every three seconds. */
let unheard = []
let hearing
const tell = (rows) => {
  unheard.push(...rows)
  hearing ??= setTimeout(() => {
    const denied = unheard.filter(({ verdict }) => verdict === 'deny').length
    announce(plural(unheard.length, 'new decision') + ', ' + denied + ' denied')
    unheard = []
    hearing = undefined
  }, 3000)
}

const isDecision = (row) => row.verdict !== undefined

const show = (rows) => {
  addRows(rows.filter(isDecision))
  const problems = rows.filter((row) => !isDecision(row))
  if (problems.length > 0) addProblems(problems)
}

const clearList = () => {
  state.rows = []
  state.problems = []
  state.waiting = []
  state.lastId = 0
  state.selected = undefined
}

const receive = ({ run, rows, skipped }) => {
  if (run !== state.run) {
    /* The service was restarted: its decisions are numbered from 1 again. */
    clearList()
    state.run = run
    renderList()
  }
  const fresh = rows.filter(({ id }) => id > state.lastId)
  state.lastId = Math.max(state.lastId, ...fresh.map(({ id }) => id))
  if (skipped > 0) showNotice(plural(skipped, 'message') + ' left out')
  if (!state.paused) {
    show(fresh)
    tell(fresh.filter(isDecision))
    return
  }
  state.waiting = [...state.waiting, ...fresh].slice(-state.maxDecisions)
  setText(byId('pause'), 'Resume (' + state.waiting.length + ' new)')
}

const pause = byId('pause')
pause.addEventListener('click', () => {
  state.paused = !state.paused
  pause.setAttribute('aria-pressed', String(state.paused))
  setText(pause, state.paused ? 'Resume' : 'Pause')
  const { waiting } = state
  state.waiting = []
  if (!state.paused) show(waiting)
  if (live.dataset.state !== 'off' && live.dataset.state !== 'wait') showConnected()
})

let stream
const connect = () => {
  stream?.close()
  if (window.EventSource === undefined) {
    setLive('off', 'No live updates in this browser', true)
    return
  }
  stream = new EventSource(base + 'api/events?after=' + encodeURIComponent(state.run + '.' + state.lastId))
  stream.addEventListener('open', showConnected)
  stream.addEventListener('entries', ({ data }) => receive(JSON.parse(data)))
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED) setLive('off', 'Disconnected', true)
    else setLive('wait', 'Reconnecting')
  })
}

const fillAuthorizers = () => {
  const names = state.authorizers.map((_, source) => [String(source), sourceName(source)])
  const optionOf = ([value, name]) => el('option', { value }, name)
  for (const select of document.querySelectorAll('[data-authorizers]')) select.replaceChildren(...names.map(optionOf))
  byId('filter-source').replaceChildren(...[['', 'all'], ...names].map(optionOf))
  filters.source = ''
  byId('filter-source-label').hidden = names.length < 2
}

const load = async () => {
  try {
    const { run, rows, authorizers, maxDecisions, lastId, hasUsage } = await api('api/state')
    clearList()
    Object.assign(state, { run, authorizers, maxDecisions, lastId })
    fillAuthorizers()
    byId('open-usage').hidden = !hasUsage
    state.rows = rows.filter(isDecision)
    renderList()
    addProblems(rows.filter((row) => !isDecision(row)))
    connect()
  } catch (error) {
    setLive('off', error.message, true)
  }
}
byId('reload').addEventListener('click', load)
await load()
`
