// SPDX-License-Identifier: Apache-2.0
// Looks at a page as somebody who reads it would, and returns what is wrong with it. An expression: evaluated in the page.
(() => {
  const problems = [];
  const short = (text) => JSON.stringify(text.trim().slice(0, 60));
  const shown = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  const phone = innerWidth < 500;

  // fits its window
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((e) =>
      e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre"));
    problems.push(`wider than its window: ${root.scrollWidth} > ${innerWidth}: ` +
      wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | "));
  }

  // pictures
  const figures = [...document.querySelectorAll("figure")];
  for (const figure of figures) {
    const pictures = [...figure.querySelectorAll("svg")].filter(shown);
    const title = figure.querySelector("h3")?.textContent ?? "";
    if (!title.trim()) problems.push("a figure without a title");
    if (pictures.length !== 1 && shown(figure)) problems.push(`${pictures.length} pictures in figure ${short(title)}`);
    for (const svg of pictures) {
      const box = svg.getBBox();
      if (!(box.width > 10 && box.height > 10)) problems.push(`an empty picture in figure ${short(title)}`);
      const frame = svg.viewBox.baseVal;
      if (box.x < frame.x - 1 || box.y < frame.y - 1 || box.x + box.width > frame.x + frame.width + 1 ||
          box.y + box.height > frame.y + frame.height + 1)
        problems.push(`the picture of figure ${short(title)} goes beyond its frame: ` +
          `${box.x.toFixed(1)} ${box.y.toFixed(1)} ${box.width.toFixed(1)} ${box.height.toFixed(1)} in ${frame.width} ${frame.height}`);
      if (!svg.getAttribute("aria-label")) problems.push(`nothing says aloud what figure ${short(title)} shows`);
      const labels = [...svg.querySelectorAll("text")].filter(shown)
        .map((e) => [e.textContent, e.getBoundingClientRect()]);
      for (let i = 0; i < labels.length; i++)
        for (let k = 0; k < i; k++) {
          const [a, b] = [labels[i][1], labels[k][1]];
          const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          // boxes are higher than letters: a fifth of the line is room above and below them
          if (wide > 1 && high > 0.2 * Math.min(a.height, b.height))
            problems.push(`texts ${short(labels[k][0])} and ${short(labels[i][0])} overlap in figure ${short(title)}`);
        }
    }
  }

  // texts: large enough, and dark or light enough
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const said = new Set();
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("title, style") || !shown(element)) continue;
    texts++;
    const style = getComputedStyle(element);
    const svg = element.closest("svg");
    const size = parseFloat(style.fontSize) * (svg ? svg.getScreenCTM().a : 1);
    const colours = [svg ? style.fill : style.color, background(svg ?? element)].map((c) => (Array.isArray(c) ? c : channels(c)));
    const [high, low] = colours.map(luminance).sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    const where = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    const complain = (what) => {
      if (!said.has(where + what.slice(0, 8))) problems.push(`${what}: ${short(element.textContent)} (${where})`);
      said.add(where + what.slice(0, 8));
    };
    if (size < (phone ? 9 : 10)) complain(`small text, ${size.toFixed(1)} px`);
    if (contrast < 4.5) complain(`faint text, contrast ${contrast.toFixed(2)}`);
  }

  // structure
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const now = Number(heading.tagName[1]);
    if (now > level + 1) problems.push(`heading ${short(heading.textContent)} of level ${now} below ${level}`);
    level = now;
  }
  if (document.querySelectorAll("h1").length !== 1) problems.push("not one h1");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) problems.push(`id ${short(id)} twice`);
  const links = [...document.querySelectorAll("nav a")];
  for (const link of document.querySelectorAll("a"))
    if (!link.getAttribute("href").startsWith("#") || !document.getElementById(link.hash.slice(1)))
      problems.push(`link ${short(link.textContent)} leads nowhere: ${link.getAttribute("href")}`);
  for (const section of document.querySelectorAll("section"))
    if (!links.some((link) => link.hash === "#" + section.id)) problems.push(`no link leads to section ${section.id}`);
  if (document.querySelector("script, iframe, img, object, embed, [onclick]"))
    problems.push("has a script, a frame or an image");

  return { problems, texts, figures: figures.length,
    verdict: document.querySelector(".verdict")?.textContent ?? "",
    notices: [...document.querySelectorAll("header .note")].map((e) => e.textContent),
    sections: links.map((link) => link.textContent) };
})()
