/** The style of explanations and dialogs. @module */

export const CONTENT_STYLE: string = `
.detail { min-width: 0; overflow: auto; container: detail / inline-size; border-left: 1px solid var(--line); background: var(--panel); }
.detail:focus-visible { outline-offset: -2px; }
.sheet { padding: 14px 18px 28px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
.sheet > * { min-width: 0; }
.detail .top { position: sticky; top: 0; margin: -14px -18px 0; padding: 12px 18px 10px; border-bottom: 1px solid var(--line); background: var(--panel); }
.top { display: flex; align-items: flex-start; justify-content: space-between; gap: 12px; }
.request { color: var(--text); font: 600 14px/1.45 var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate; }
.verdict-line { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 6px; }
.badge { padding: 1px 8px; border-radius: 4px; font: 600 12px/1.6 var(--mono); }
.badge.allow { background: var(--good-soft); color: var(--good); }
.badge.deny { background: var(--bad-soft); color: var(--bad); }
.code { font: 12px/1.5 var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate; }
.summary { font-size: 13.5px; }
.callout { padding: 9px 12px; border-radius: 6px; border-left: 3px solid var(--warn); background: var(--warn-soft); overflow-wrap: anywhere; }
.callout strong { display: block; color: var(--warn); font-size: 12px; }
.callout.problem { border-left-color: var(--bad); background: var(--bad-soft); }
.callout.problem strong { color: var(--bad); }
.callout.advice { border-left-color: var(--field); background: var(--raised); }
.callout.advice strong { color: var(--text); }
.callout code { padding: 0 3px; border-radius: 3px; background: color-mix(in srgb, var(--text) 9%, transparent); font: 12px/1.4 var(--mono); }
.callout p + p { margin-top: 4px; }
.part h3 { margin-bottom: 6px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
.facts { display: grid; grid-template-columns: fit-content(150px) minmax(0, 1fr); gap: 4px 12px; align-items: baseline; }
@container detail (min-width: 520px) { .facts.dense { grid-template-columns: 82px minmax(0, 1fr) 76px minmax(0, 1fr); } }
.facts dt { color: var(--muted); }
.facts dd { font: 12px/1.5 var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate; }
.facts dd button { margin-left: 8px; min-height: 22px; padding: 0 8px; font: 12px/1.5 var(--sans); }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; color: var(--muted); font-size: 12px; }
th, td { padding: 3px 10px 3px 0; vertical-align: baseline; }
td { font: 12px/1.5 var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate; }
.state-good { color: var(--good); }
.state-bad { color: var(--bad); font-weight: 600; }
.facts + .statements { margin-top: 8px; }
.statements { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; padding: 0; list-style: none; }
.statement { padding: 7px 10px; border: 1px solid var(--line); border-radius: 6px; }
.statement.matched-allow { border-color: var(--good); }
.statement.matched-deny { border-color: var(--bad); }
.statement p { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; }
.statement .why { margin-top: 3px; color: var(--muted); }
pre { margin-top: 6px; padding: 8px 10px; overflow: auto; border-radius: 5px; background: var(--raised); font: 12px/1.45 var(--mono); }
dialog { width: min(460px, calc(100vw - 24px)); max-height: calc(100dvh - 32px); margin: auto; padding: 0; border: 1px solid var(--line); border-radius: 10px; background: var(--panel); color: var(--text); box-shadow: 0 18px 60px rgb(0 0 0 / 0.3); overflow: auto; }
dialog.wide { width: min(980px, calc(100vw - 24px)); }
dialog::backdrop { background: rgb(8 12 18 / 0.45); }
dialog form { display: grid; gap: 12px; padding: 16px 18px 18px; }
dialog header { position: sticky; top: 0; z-index: 1; margin: -16px -18px 0; padding: 12px 18px 8px; background: var(--panel); display: flex; align-items: center; justify-content: space-between; gap: 12px; }
dialog label, .fields label { display: grid; gap: 4px; color: var(--muted); font-size: 12px; }
dialog label input, dialog label select, dialog label textarea { color: var(--text); font: 13px/1.4 var(--mono); width: 100%; }
dialog label textarea { font-size: 12px; }
.columns-2 { display: grid; grid-template-columns: minmax(0, 340px) minmax(0, 1fr); gap: 18px; }
.fields { display: grid; gap: 12px; align-content: start; }
.pair { display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 10px; }
.hint { color: var(--muted); font-size: 11.5px; }
.note { color: var(--muted); }
.buttons { display: flex; justify-content: flex-end; gap: 8px; }
.error { color: var(--bad); font-weight: 600; overflow-wrap: anywhere; }
.error:empty { display: none; }
.result { min-width: 0; border: 1px solid var(--line); border-radius: 6px; }
.result .sheet { padding: 12px 14px 16px; }
.result .sheet + .sheet { border-top: 1px solid var(--line); }
@media (max-width: 760px) { .columns-2 { grid-template-columns: minmax(0, 1fr); } }`
