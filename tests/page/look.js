// Looks at the page it is appended to and tells the page around it what is wrong, one fault a line; the last line is
// "looked".
// `expected` is a list of [selector, count] and of texts to be seen.
(() => {
  const faults = [];
  const width = window.innerWidth;
  const name = (element) => {
    const text = element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
    return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> "${text}"`;
  };
  for (const what of expected) {
    if (typeof what === 'string') {
      if (!document.body.innerText.includes(what)) faults.push(`not to be seen: ${what}`);
    } else {
      const found = document.querySelectorAll(what[0]).length;
      if (found !== what[1]) faults.push(`${what[0]}: ${found}, not ${what[1]}`);
    }
  }

  // Nothing is wider than the page but what lies in a box with a scroll bar of its own.
  if (document.documentElement.scrollWidth > width) {
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide, the window ${width}`);
  }
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest('svg') !== null && element.tagName !== 'svg') continue;
    if (element.closest('.scroll') !== null && !element.classList.contains('scroll')) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > width + 1 || box.left < -1)) faults.push(`outside the window: ${name(element)}`);
  }
  for (const element of document.querySelectorAll('p,li,dt,dd,h1,h2,h3,h4,figcaption,.chip,td.wrap,.use')) {
    if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) {
      faults.push(`text wider than its box: ${name(element)}`);
    }
  }

  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 &&
                            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    const what = svg.getAttribute('aria-label');
    if (!(frame.width > 100 && frame.height > 100)) faults.push(`${what}: of ${frame.width} x ${frame.height} px`);
    if (svg.querySelectorAll('path').length < 5) faults.push(`${what}: nothing drawn`);
    const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '');
    const boxes = texts.map((text) => text.getBoundingClientRect());
    const scale = frame.width / svg.viewBox.baseVal.width;
    texts.forEach((text, i) => {
      const size = scale * parseFloat(getComputedStyle(text).fontSize);
      if (size < 10.99) faults.push(`${what}: "${text.textContent}" has ${size.toFixed(1)} px`);
      const box = boxes[i];
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1) {
        faults.push(`${what}: "${text.textContent}" is cut`);
      }
      for (let j = 0; j < i; ++j) {
        if (overlap(box, boxes[j])) faults.push(`${what}: "${text.textContent}" lies on "${texts[j].textContent}"`);
      }
    });
  }

  // The page needs nothing else and runs nothing, whatever the names in it.
  for (const element of document.querySelectorAll('link,img,iframe,object,embed,script:not(#look),base,form')) {
    faults.push(`not self-contained: ${name(element)}`);
  }
  for (const element of document.querySelectorAll('*')) {
    for (const {name: key, value} of element.attributes) {
      if (/^(src|href|xlink:href|xmlns.*|data|action|style|on.*)$/.test(key) && /https?:|^\/\/|url\(/.test(value)) {
        faults.push(`refers to ${value}: ${name(element)}`);
      }
      if (key.startsWith('on')) faults.push(`runs a script: ${name(element)}`);
    }
  }
  for (const sheet of document.querySelectorAll('style')) {
    if (/url\(|@import/.test(sheet.textContent)) faults.push('the style sheet refers to something');
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(link.getAttribute('href').slice(1))) faults.push(`leads nowhere: ${name(link)}`);
  }
  faults.push('looked');
  parent.postMessage(faults.join('\n'), '*');
})();
