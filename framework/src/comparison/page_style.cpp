#include <array>
#include <cstdio>
#include <string>

#include "page_parts.hpp"

// Colours and the style sheet. Pictures are drawn in the light colours; in the dark the style sheet replaces each of
// them by the one that stands for it, which it can, as the pictures are part of the page.

namespace latent::page {
namespace {

// Okabe and Ito's colours, which stay apart for colour-blind eyes; grey for what the others are measured by.
struct Hue {
  Acceleration acceleration;
  unsigned light, dark;
};
constexpr std::array<Hue, 5> hues{{{Acceleration::none, 0x5A5A5A, 0xC8C8C8},
                                   {Acceleration::squarem, 0xD55E00, 0xFF8A3D},
                                   {Acceleration::anderson, 0x009E73, 0x3CCB9E},
                                   {Acceleration::acx, 0xCC79A7, 0xE59AC4},
                                   {Acceleration::automatic, 0x0072B2, 0x57B3EC}}};

std::string web(unsigned rgb) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%06x", rgb & 0xFFFFFF);
  return text.data();
}

// As gnuplot writes it.
std::string in_svg(unsigned rgb) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "rgb(%3u, %3u, %3u)", rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
  return text.data();
}

std::string hue_rules() {
  std::string light = ":root{";
  std::string dark = "@media (prefers-color-scheme:dark){:root{";
  std::string rules;
  for (const Hue& hue : hues) {
    const std::string name = name_of(hue.acceleration);
    light += "--" + name + ":" + web(hue.light) + ";";
    dark += "--" + name + ":" + web(hue.dark) + ";";
    rules += ".key." + name + " i{background:var(--" + name + ")}\n";
    rules += "svg [stroke='" + in_svg(hue.light) + "']{stroke:var(--" + name + ")}\n";
  }
  return light + "}\n" + dark + "}}\n" + rules;
}

constexpr const char* sheet = R"css(
:root{color-scheme:light dark;--ink:#1c2126;--soft:#5a636c;--line:#dfe3e8;--hair:#e9ecef;--paper:#f6f7f9;--card:#fff;
--good:#0a6b45;--good-soft:#e3f4ec;--care:#8a5300;--care-soft:#fdf0d8;--bad:#b3261e;--bad-soft:#fce8e6;--bar:#c5d7e8}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a3abb3;--line:#383e45;--hair:#30363c;--paper:#14171a;
--card:#1c2024;--good:#74d7a8;--good-soft:#15362a;--care:#f3c06b;--care-soft:#3b2d12;--bad:#ff9a91;--bad-soft:#42201d;
--bar:#2d4a66}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",sans-serif}
main{max-width:1240px;margin:0 auto;padding:24px 20px 56px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:21px;line-height:1.3;margin:0}
h3{font-size:17px;line-height:1.35;margin:30px 0 6px}
h3.model{border-top:1px solid var(--line);padding-top:22px;margin-top:34px}
h3 code{font-weight:700}
dd p{margin:0 0 3px}
h4{font-size:15px;margin:20px 0 2px}
h1,h2,h3,h4,p,li,dd,figcaption{overflow-wrap:anywhere}
p{margin:6px 0}
ul{margin:0;padding-left:18px}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.soft,.question{color:var(--soft)}
.small,small{font-size:13px}
.absent{color:var(--soft)}
.card,.verdict{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:16px 0}
.verdict{border-left-width:6px}
.verdict.good{border-left-color:var(--good)}
.verdict.care{border-left-color:var(--care)}
.verdict.bad{border-left-color:var(--bad)}
.verdict .of{color:var(--soft);font-size:14px;margin:0 0 2px;display:flex;flex-wrap:wrap;gap:0 12px}
.verdict .of b{color:var(--ink)}
.verdict .use{font-size:22px;line-height:1.35;margin:2px 0 12px}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:7px 18px;margin:0}
.facts dt{color:var(--soft);font-size:14px;padding-top:1px}
.facts dd{margin:0}
.key{white-space:nowrap;font-weight:600}
.key i{display:inline-block;width:16px;height:4px;border-radius:2px;margin-right:7px;vertical-align:.22em}
.chip{display:inline-block;max-width:100%;border-radius:6px;padding:1px 8px 1px 6px;font-size:13px;
font-weight:600;margin:1px 6px 1px 0;line-height:1.5}
.chip .sign{font-weight:800;margin-right:6px}
.chip.good{color:var(--good);background:var(--good-soft)}
.chip.care{color:var(--care);background:var(--care-soft)}
.chip.bad{color:var(--bad);background:var(--bad-soft)}
.scroll{overflow-x:auto;max-width:100%;margin:8px 0 2px}
table{border-collapse:separate;border-spacing:0;font-size:13.5px;font-variant-numeric:tabular-nums;line-height:1.4}
table.wide{width:100%}
th,td{padding:6px 9px;text-align:right;vertical-align:top;border-bottom:1px solid var(--hair);white-space:nowrap}
thead th{color:var(--soft);font-weight:600;font-size:13px;vertical-align:bottom;border-bottom-color:var(--line)}
th.text,td.text{text-align:left}
td.wrap{text-align:left;white-space:normal;min-width:190px;max-width:340px;overflow-wrap:anywhere}
td small{display:block;color:var(--soft);font-size:12px}
td small.inline{display:inline;margin-left:6px}
tbody th{font-weight:400;text-align:left}
tbody tr.model th{padding-top:16px;white-space:normal;border-bottom-color:var(--line)}
tbody tr.model th>span{position:sticky;left:10px;display:inline-block;max-width:min(1100px,calc(100vw - 90px))}
tbody th.pinned{position:sticky;left:0;background:var(--card);z-index:1}
tr.chosen th.pinned,tr.chosen td{background:var(--good-soft)}
tr.chosen .chip.good{background:var(--card)}
tr.off td{color:var(--soft)}
td.best{font-weight:700}
.bar{display:block;width:120px;height:10px;margin-top:5px;border-radius:3px;background:var(--hair);overflow:hidden}
.bar i{display:block;height:10px;background:var(--bar);min-width:2px}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:8px 16px;max-width:100%}
.pictures svg{display:block;width:100%;height:auto;max-width:480px}
.legend{display:flex;flex-wrap:wrap;gap:2px 20px;margin:6px 0 4px;font-size:14px}
figure{margin:10px 0 0}
figcaption{color:var(--soft);font-size:13px;margin-top:2px;max-width:900px}
details{margin:8px 0}
summary{cursor:pointer;color:var(--soft);font-size:14px}
pre{font:12px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
white-space:pre-wrap;
overflow-wrap:anywhere;margin:6px 0;max-height:320px;overflow:auto}
a{color:inherit}
#how-to-read h2{margin-bottom:12px}
svg rect[fill='#ffffff']{fill:none}
svg [fill='rgb(51,51,51)']{fill:var(--ink)}
svg [fill='rgb(107,107,107)']{fill:var(--soft)}
svg [stroke='rgb(228, 228, 228)']{stroke:var(--hair)}
svg [stroke='rgb(140, 140, 140)']{stroke:var(--soft)}
svg g[font-family]{font-family:inherit}
@media (max-width:640px){main{padding:14px 10px 40px}.card,.verdict{padding:12px}.verdict .use{font-size:19px}
.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dt{margin-top:8px;font-weight:600}h1{font-size:22px}
th,td{padding:6px 8px}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
.card,.verdict{border-color:#bbb;border-radius:0;padding:10px 12px}.verdict,figure,tr{break-inside:avoid}
h2,h3,h4{break-after:avoid}.scroll{overflow:visible}table{font-size:8.5pt}th,td{padding:3px 5px;white-space:normal}
tbody th.pinned{position:static}td.wrap{min-width:0}pre{max-height:none}
.pictures{grid-template-columns:repeat(3,1fr)}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

}  // namespace

picture::Colour line_colour(Acceleration acceleration, double opacity) {
  for (const Hue& hue : hues) {
    if (hue.acceleration == acceleration) return {hue.light, opacity};
  }
  return {hues.front().light, opacity};
}

std::string style() { return sheet + hue_rules(); }

}  // namespace latent::page
