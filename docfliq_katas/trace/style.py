"""The style of the page; each colour has a contrast of 3:1 against the light and the dark ground."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14161c; --ink: #e6e8ec; --soft: #a0a8b4; --line: #3a404c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 82rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 1rem 0 .5rem; }
p { margin: .25rem 0; }
code { font-size: .875em; overflow-wrap: anywhere; }
ul { margin: .5rem 0 1rem; padding-left: 1.2rem; }
figure { margin: 0; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: .875rem; }
.panels { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
.panels > section { flex: 1 1 26rem; min-width: 0; max-width: 100%; }
.panels[data-panels="1"] > section { max-width: 52rem; }
svg { display: block; width: 100%; overflow: visible;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
svg text { fill: currentColor; paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
svg .title { font-size: 13px; font-weight: 600; }
svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--line); }
svg .rail { stroke: currentColor; stroke-opacity: .5; }
svg .request { fill: currentColor; fill-opacity: .55; }
svg .rung { stroke-width: 2; }
svg .going { fill-opacity: .45; }
svg .sql { stroke: #0d9488; fill: #0d9488; }
svg .mongodb { stroke: #a35bf0; fill: #a35bf0; }
svg .valkey { stroke: #c2680a; fill: #c2680a; }
svg .stall { stroke: none; fill: #e0443a; }
svg .thread { stroke: none; fill: #2f7de0; }
svg .waiting { fill-opacity: .3; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem .75rem; margin: 1rem 0; font-size: .875rem; }
dt { font-weight: 600; border-left: .3rem solid var(--line); padding-left: .5rem; }
dd { margin: 0; overflow-wrap: anywhere; }
dt.sql { border-color: #0d9488; }
dt.mongodb { border-color: #a35bf0; }
dt.valkey { border-color: #c2680a; }
dt.stall { border-color: #e0443a; }
dt.thread { border-color: #2f7de0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8125rem; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); }
td:first-child { width: 60%; overflow-wrap: anywhere; }
td + td { white-space: nowrap; }
tbody th { font-weight: 600; padding-top: .75rem; }
"""
