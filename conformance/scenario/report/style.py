"""The style of the page: light and dark, wide and narrow."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5b6675;--line:#dfe4ea;--grid:#e9edf2;
--red:#c62f35;--redbg:#fdecec;--green:#18794e;--greenbg:#e5f5ec;--promised:#1b2330;--deliverable:#18794e;
--c0:#2563c9;--c1:#b45309;--c2:#7c3aed;--c3:#0e7490;--c4:#be185d}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--ink:#e6eaf0;--soft:#9aa6b5;--line:#2d3642;
--grid:#262e39;--red:#ff7b7f;--redbg:#3a1d20;--green:#5fd19b;--greenbg:#173226;--promised:#e6eaf0;--deliverable:#5fd19b;
--c0:#7fb0ff;--c1:#f0a860;--c2:#b79bff;--c3:#5cc7dc;--c4:#f48fbf}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1240px;margin:0 auto;padding:20px 16px 40px}
h1{font-size:26px;line-height:1.2;margin:8px 0}
h2{font-size:21px;line-height:1.25;margin:0 0 4px;text-wrap:balance}
h3{font-size:16px;margin:0 0 6px;display:flex;gap:8px;align-items:center;justify-content:space-between}
section{margin:0 0 36px}
header{margin-bottom:28px}
.sum,.id,.hash,footer{color:var(--soft);font-size:13px}
.id{margin:0 0 10px}
.hash{overflow-wrap:anywhere;margin:10px 0 0}
.told{margin:0 0 8px;max-width:78ch}
.tag{display:inline-block;margin-left:6px;padding:0 7px;border:1px solid var(--line);border-radius:9px;font-size:12px}
.badge{display:inline-block;font-size:12px;font-weight:600;padding:1px 9px;border-radius:10px;vertical-align:middle}
.badge.ok{color:var(--green);background:var(--greenbg)}
.badge.bad{color:var(--red);background:var(--redbg)}
.index{columns:2 340px;padding-left:18px;margin:10px 0}
.index li{break-inside:avoid;margin-bottom:3px}
a{color:var(--c0)}
.scroll{overflow-x:auto;margin:12px 0;border:1px solid var(--line);border-radius:8px;background:var(--card)}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:7px 12px;text-align:right;border-bottom:1px solid var(--line);vertical-align:bottom}
th[scope=row],thead th:first-child{text-align:left;white-space:nowrap}
thead th{font-size:12px;font-weight:500;color:var(--soft);line-height:1.25}
tbody tr:last-child>*{border-bottom:0}
.n{font-variant-numeric:tabular-nums}
.red{color:var(--red);font-weight:700}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:0 0 10px;padding:0;font-size:13px;
color:var(--soft)}
.legend li{display:flex;align-items:center;gap:6px}
.legend i{display:inline-block;flex:none}
.line{width:18px;height:0;border-top:2.5px solid}
.line.promised{border-color:var(--promised)}
.line.deliverable{border-color:var(--deliverable);border-top-style:dashed}
.area{width:14px;height:12px;background:var(--red);opacity:.3}
.dot{width:10px;height:10px;border-radius:50%;border:2px solid var(--soft)}
.dot.accepted{background:var(--soft)}
.tri{border:5px solid transparent;border-bottom:8px solid var(--soft);border-top:0}
.sq{width:8px;height:8px;background:var(--soft)}
.x{color:var(--red);font-weight:700;font-style:normal;font-size:16px;line-height:1}
.rows{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,370px),1fr));gap:14px;align-items:start}
.rows.single{grid-template-columns:minmax(0,820px)}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px;min-width:0}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-family:inherit;font-size:12px;fill:var(--soft)}
.grid{stroke:var(--grid)}
.lane{stroke:var(--line)}
svg .lane-name{font-size:11px}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}
.curve.promised{stroke:var(--promised);stroke-width:2.5}
.curve.deliverable{stroke:var(--deliverable);stroke-dasharray:5 3}
.c0{stroke:var(--c0);border-color:var(--c0)}.c1{stroke:var(--c1);border-color:var(--c1)}
.c2{stroke:var(--c2);border-color:var(--c2)}.c3{stroke:var(--c3);border-color:var(--c3)}
.c4{stroke:var(--c4);border-color:var(--c4)}
svg .lane-name{stroke:none}
svg .lane-name.c0{fill:var(--c0)}svg .lane-name.c1{fill:var(--c1)}svg .lane-name.c2{fill:var(--c2)}
svg .lane-name.c3{fill:var(--c3)}svg .lane-name.c4{fill:var(--c4)}
.oversold{fill:var(--red);opacity:.25}
.order{stroke:var(--ink);stroke-width:1.6}
.order.accepted{fill:var(--ink)}
.order.refused{fill:var(--card)}
.push{fill:var(--soft)}
.stock{fill:var(--soft)}
.fault{stroke:var(--red);stroke-width:2.4;fill:none}
.break{stroke:var(--red);stroke-width:1.3;stroke-dasharray:2 3}
svg .break-name{fill:var(--red);font-weight:600}
.cause{margin:8px 0 4px;font-weight:600}
.fine{margin:8px 0 4px;color:var(--green)}
.chain{list-style:none;margin:0 0 8px;padding:0;font-size:13.5px}
.chain li{display:grid;grid-template-columns:58px minmax(0,1fr);gap:8px;padding:2px 0;border-top:1px solid var(--grid)}
.chain time{color:var(--soft);font-variant-numeric:tabular-nums;text-align:right}
.chain span{overflow-wrap:anywhere}
code{font-size:12px;color:var(--soft)}
details{border-top:1px solid var(--line);padding-top:6px;margin-top:6px;font-size:13.5px}
summary{cursor:pointer;color:var(--soft)}
.failures{background:var(--redbg);color:var(--red);margin:8px 0;padding:8px 8px 8px 26px;border-radius:6px;
font-size:13.5px}
@media(max-width:520px){main{padding:14px 10px 30px}h2{font-size:19px}article{padding:10px}th,td{padding:6px 9px}}
"""
