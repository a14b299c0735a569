/** The document of the page. Data is added by its script. @module */

/** What differs between replies. All values are made by the inspector; none comes from a request. */
export interface PageParts {
  readonly basePath: string
  readonly nonce: string
  /** Integrity of the script and of the style sheet. */
  readonly script: string
  readonly style: string
}

const DIALOGS = `
<dialog id="test-dialog" class="wide" aria-labelledby="test-title">
  <form id="test-form" autocomplete="off">
    <header><h2 id="test-title">Send a test request</h2><button type="button" class="quiet close" data-close>Close</button></header>
    <div class="columns-2">
      <div class="fields">
        <p class="note">The authorizer decides on this request as on any other: it may be called, and results may be cached. No handler runs.</p>
        <label>Authorizer <select id="test-source" data-authorizers></select></label>
        <div class="pair">
          <label class="short">Method <input id="test-method" list="methods" value="GET" required maxlength="32" spellcheck="false" autocapitalize="off"></label>
          <label>Path and query <input id="test-target" value="/" required maxlength="8192" spellcheck="false" autocapitalize="off"></label>
        </div>
        <datalist id="methods"><option>GET</option><option>POST</option><option>PUT</option><option>PATCH</option><option>DELETE</option><option>HEAD</option><option>OPTIONS</option></datalist>
        <label>Headers <span class="hint" id="headers-hint">one per line, Name: value</span>
          <textarea id="test-headers" rows="6" spellcheck="false" autocapitalize="off" aria-describedby="headers-hint" placeholder="Authorization: Bearer ..."></textarea></label>
        <p class="buttons"><button type="submit" class="primary">Send</button></p>
        <p class="error" id="test-error" role="alert"></p>
      </div>
      <section class="result" id="test-result" aria-live="polite" aria-label="Result"><p class="empty">The outcome and its explanation appear here.</p></section>
    </div>
  </form>
</dialog>
<dialog id="invalidate-dialog" aria-labelledby="invalidate-title">
  <form id="invalidate-form" autocomplete="off">
    <header><h2 id="invalidate-title">Invalidate cached results</h2></header>
    <label>Authorizer <select id="invalidate-source" data-authorizers></select></label>
    <label>Principal ID <input id="invalidate-principal" required maxlength="2047" spellcheck="false" autocapitalize="off"></label>
    <p class="note">The cached results of this principal are removed. Its next request calls the authorizer.</p>
    <p class="error" id="invalidate-error" role="alert"></p>
    <p class="buttons"><button type="button" data-close>Cancel</button><button type="submit" class="danger">Invalidate</button></p>
  </form>
</dialog>
<dialog id="usage-dialog" aria-labelledby="usage-title">
  <form id="usage-form" autocomplete="off">
    <header><h2 id="usage-title">Usage of a key</h2><button type="button" class="quiet close" data-close>Close</button></header>
    <label>Plan ID <input id="usage-plan" required maxlength="256" spellcheck="false" autocapitalize="off"></label>
    <label>Key ID or subject <span class="hint" id="subject-hint">never the value of a key</span>
      <input id="usage-subject" required maxlength="256" spellcheck="false" autocapitalize="off" aria-describedby="subject-hint"></label>
    <p class="buttons"><button type="submit" class="primary">Look up</button></p>
    <p class="error" id="usage-error" role="alert"></p>
    <div id="usage-result" aria-live="polite"></div>
  </form>
</dialog>`

const MAIN = `
<header class="bar">
  <h1>Authorizer inspector</h1>
  <p class="live" id="live" data-state="wait"><span class="dot" aria-hidden="true"></span><span id="live-text">Connecting</span>
    <button type="button" class="quiet" id="reload" hidden>Reload</button></p>
  <p class="counts" id="counts"></p>
  <p class="actions">
    <button type="button" id="open-usage" hidden>Usage</button>
    <button type="button" id="open-invalidate">Invalidate</button>
    <button type="button" id="open-test" class="primary">Test request</button>
  </p>
</header>
<noscript><p class="noscript">The inspector needs JavaScript.</p></noscript>
<main>
  <section class="list-pane" aria-label="Decisions">
    <form class="filters" id="filters" role="search" aria-label="Filter decisions">
      <label class="grow">Path <input type="search" id="filter-path" placeholder="contains" spellcheck="false" autocapitalize="off"></label>
      <label>Verdict <select id="filter-verdict"><option value="">all</option><option value="allow">allow</option><option value="deny">deny</option></select></label>
      <label>Reason <select id="filter-reason"><option value="">all</option></select></label>
      <label id="filter-source-label">Authorizer <select id="filter-source"><option value="">all</option></select></label>
      <span class="filter-buttons">
        <button type="button" id="pause" aria-pressed="false">Pause</button>
        <button type="button" id="clear">Clear</button>
      </span>
    </form>
    <div class="row head" aria-hidden="true"><span class="time">Time</span><span class="verdict">Verdict</span><span class="method">Method</span><span class="path">Path</span><span class="reason">Reason</span><span class="principal">Principal</span><span class="cache">Cache</span><span class="ms">ms</span></div>
    <div class="scroll" id="scroll">
      <div id="list" role="listbox" aria-label="Decisions, newest first"></div>
      <div class="empty" id="empty"><p></p></div>
    </div>
    <details class="problems" id="problems" hidden><summary id="problems-summary">Problems</summary><ul id="problems-list"></ul></details>
  </section>
  <section class="detail" id="detail" aria-label="Explanation" tabindex="-1" hidden></section>
</main>`

/** Builds the document. */
export const pageHtml = ({ basePath, nonce, script, style }: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Authorizer inspector</title>
<link rel="icon" href="${basePath}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${basePath}/style.css" nonce="${nonce}" integrity="${style}">
<script type="module" src="${basePath}/client.js" nonce="${nonce}" integrity="${script}"></script>
</head>
<body>${MAIN}${DIALOGS}
<p id="announce" class="visually-hidden" role="status" aria-live="polite"></p>
</body>
</html>
`
