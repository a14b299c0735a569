/** The style sheet of the page. @module */
import { CONTENT_STYLE } from './content-style.ts'

const COLORS = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --panel: #ffffff; --raised: #eef0f3; --text: #1b1f24; --muted: #586069; --line: #d8dce2; --field: #8a929c;
  --accent: #1f55c4; --on-accent: #ffffff; --selected: #e6eefc;
  --good: #136c37; --good-soft: #e2f4e8; --bad: #b0231b; --bad-soft: #fdeae8; --warn: #744800; --warn-soft: #fff3d9;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111418; --panel: #171b20; --raised: #20262d; --text: #e3e7ec; --muted: #9ba6b2; --line: #2c333c; --field: #6b7683;
    --accent: #8db2ff; --on-accent: #0c1524; --selected: #1d2b45;
    --good: #7bd59a; --good-soft: #15301f; --bad: #ff9f96; --bad-soft: #3b1d1b; --warn: #f2c872; --warn-soft: #362a10;
  }
}`

const BASE = `
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
html, body { height: 100%; }
body { display: flex; flex-direction: column; background: var(--page); color: var(--text); font: 13px/1.45 var(--sans); overflow: hidden; }
h1 { font-size: 14px; font-weight: 650; letter-spacing: -0.005em; white-space: nowrap; }
h2 { font-size: 15px; font-weight: 650; }
h3 { font-size: 12px; font-weight: 650; color: var(--muted); }
button, input, select, textarea { font: inherit; color: inherit; }
button { min-height: 28px; padding: 3px 10px; border: 1px solid var(--line); border-radius: 5px; background: var(--panel); cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--field); }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
button.danger { border-color: var(--bad); color: var(--bad); font-weight: 600; }
button.quiet { border-color: transparent; background: none; color: var(--accent); }
button[aria-pressed="true"] { border-color: var(--warn); background: var(--warn-soft); color: var(--warn); font-weight: 600; }
input, select, textarea { min-height: 28px; padding: 3px 7px; border: 1px solid var(--field); border-radius: 5px; background: var(--panel); }
textarea { width: 100%; resize: vertical; font-family: var(--mono); font-size: 12px; }
::placeholder { color: var(--muted); opacity: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.empty { padding: 28px 16px; color: var(--muted); text-align: center; }
.noscript { padding: 16px; }`

const LAYOUT = `
.bar { display: flex; align-items: center; gap: 6px 16px; flex-wrap: wrap; padding: 8px 14px; border-bottom: 1px solid var(--line); background: var(--panel); }
.live { display: flex; align-items: center; gap: 6px; color: var(--muted); }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--field); }
.live[data-state="on"] .dot { background: var(--good); }
.live[data-state="paused"] .dot { background: var(--warn); }
.live[data-state="off"] .dot { background: var(--bad); }
.counts { color: var(--muted); font-variant-numeric: tabular-nums; }
.actions { display: flex; gap: 8px; margin-left: auto; }
main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr); }
main.split { grid-template-columns: minmax(0, 1.15fr) minmax(380px, 1fr); }
.list-pane { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--panel); container: list / inline-size; }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: 6px 10px; padding: 8px 14px; border-bottom: 1px solid var(--line); background: var(--page); }
.filters label { display: flex; align-items: center; gap: 6px; color: var(--muted); font-size: 12px; }
.filters input, .filters select { color: var(--text); }
.filters select { min-width: 68px; max-width: 190px; }
.filters .grow { flex: 1 1 180px; }
.filters .grow input { flex: 1; min-width: 80px; }
.filter-buttons { display: flex; gap: 8px; margin-left: auto; }
.scroll { flex: 1; min-height: 0; overflow: auto; overflow-anchor: auto; }
.row { display: grid; grid-template-columns: 94px 72px 62px minmax(120px, 1fr) minmax(0, 210px) minmax(0, 150px) 100px 54px; gap: 0 10px; align-items: center; min-height: 26px; padding: 2px 14px 2px 11px; border-left: 3px solid transparent; font: 12px/1.4 var(--mono); }
.row > span { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.row.head { min-height: 24px; border-bottom: 1px solid var(--line); color: var(--muted); font: 11px/1.4 var(--sans); }
.row .time, .row .cache, .row .principal, .row .ms, .row .method { color: var(--muted); }
.row .ms { text-align: right; font-variant-numeric: tabular-nums; }
[role="option"] { cursor: default; border-bottom: 1px solid color-mix(in srgb, var(--line) 45%, transparent); }
[role="option"]:hover { background: var(--page); }
[role="option"][data-verdict="deny"] { border-left-color: var(--bad); }
[role="option"][aria-selected="true"] { background: var(--selected); }
[role="option"]:focus-visible { outline-offset: -2px; }
[data-verdict="allow"] .verdict { color: var(--good); }
[data-verdict="deny"] .verdict { color: var(--bad); font-weight: 600; }
.tag { margin-right: 6px; padding: 0 4px; border: 1px solid var(--line); border-radius: 3px; background: var(--raised); color: var(--muted); font-size: 10.5px; }
@container list (max-width: 860px) {
  .row { grid-template-columns: 94px 68px 56px minmax(100px, 1fr) minmax(0, 190px) 54px; }
  .row .principal, .row .cache { display: none; }
}
@container list (max-width: 560px) {
  .row.head { display: none; }
  .row { grid-template: "verdict method path ms" auto "time reason reason cache" auto / 92px auto minmax(0, 1fr) auto; gap: 1px 8px; padding-block: 6px; }
  .row .cache { display: block; grid-area: cache; text-align: right; }
  .row .time { grid-area: time; } .row .verdict { grid-area: verdict; } .row .method { grid-area: method; color: var(--text); }
  .row .path { grid-area: path; } .row .reason { grid-area: reason; color: var(--muted); } .row .ms { grid-area: ms; }
}
.problems { max-height: 38%; overflow: auto; border-top: 1px solid var(--line); background: var(--page); }
.problems summary { padding: 7px 14px; cursor: pointer; color: var(--warn); font-weight: 600; }
.problems ul { padding: 0 14px 10px; list-style: none; }
.problems li { padding: 4px 0; border-top: 1px solid var(--line); font: 12px/1.45 var(--mono); overflow-wrap: anywhere; }
@media (max-width: 899px) {
  main.split { grid-template-columns: minmax(0, 1fr); }
  main.split .detail { position: fixed; inset: 0; z-index: 1; }
}
@media (max-width: 620px) {
  .bar { padding: 8px 12px; gap: 6px 12px; }
  .bar h1 { flex: 1; }
  .actions { margin-left: 0; width: 100%; }
  .actions button { flex: 1; }
  .filters { padding: 8px 12px; }
  .filters .grow { flex-basis: 100%; }
  .filters select { max-width: 128px; }
}
@media (pointer: coarse) { button, input, select { min-height: 38px; } }
@media (prefers-reduced-motion: no-preference) { .row.fresh { animation: fresh 900ms ease-out; } }
@keyframes fresh { from { background: var(--selected); } }
@media (forced-colors: active) { [role="option"][aria-selected="true"] { outline: 2px solid Highlight; outline-offset: -2px; } }`

export const STYLE: string = `${COLORS}${BASE}${LAYOUT}${CONTENT_STYLE}\n`
