// What the bench notes inside a window: when things appear, and how long frames take. Runs before the page's own scripts
// and changes nothing of the page but its scroll positions.

(() => {
  const moment = () => performance.timeOrigin + performance.now();
  // "Shown" is the frame that draws it, not the moment at which it stood in the tree.
  const drawn = () => new Promise((done) => requestAnimationFrame(() => done(moment())));
  const seen = new Map();
  let frames = null;

  function appeared(found) {
    return new Promise((done) => {
      const look = () => {
        if (!found()) return false;
        watcher.disconnect();
        drawn().then(done);
        return true;
      };
      const watcher = new MutationObserver(look);
      watcher.observe(document, { subtree: true, childList: true, characterData: true });
      look();
    });
  }

  const holds = (selector, text) => [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));

  function tick(last) {
    requestAnimationFrame((now) => {
      if (!frames) return;
      frames.push(now - last);
      tick(now);
    });
  }

  globalThis.bench = {
    rows: "a.chat-row, button.chat",
    /** Remember when `selector` first holds `text`, under the name `text` and the selector. */
    expect: (selector, text) => {
      seen.set(selector + text, appeared(() => holds(selector, text)));
    },
    /** The moment at which what was expected was shown, in milliseconds of Unix time. */
    shown: (selector, text) => seen.get(selector + text),
    /** Milliseconds from the click on `row` until `bubble` holds at least one bubble that was not there before. */
    open: async (row, bubble) => {
      const before = new Set(document.querySelectorAll(bubble));
      const begun = moment();
      document.querySelector(row).click();
      return (await appeared(() => [...document.querySelectorAll(bubble)].some((one) => !before.has(one)))) - begun;
    },
    startFrames: () => {
      frames = [];
      tick(performance.now());
    },
    stopFrames: () => {
      const taken = frames;
      frames = null;
      return taken;
    },
    /** Scroll `selector` by `step` pixels a frame until `enough` of `row` are there and its end is reached. */
    scroll: (selector, step, row, enough) =>
      new Promise((done) => {
        const place = document.querySelector(selector);
        const begun = performance.now();
        const go = () => {
          const atEnd = step < 0 ? place.scrollTop < 1 : place.scrollHeight - place.scrollTop - place.clientHeight < 2;
          if (atEnd && document.querySelectorAll(row).length >= enough) return done(performance.now() - begun);
          place.scrollTop += step;
          requestAnimationFrame(go);
        };
        go();
      }),
  };
  globalThis.bench.listShown = appeared(() => document.querySelector(globalThis.bench.rows)).then((at) => at - performance.timeOrigin);
})();
