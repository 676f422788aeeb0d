// Owns what stands around every view: the connection, how much needs a person, the pause of everything.

import { button, refusals } from "./act.js";
import { Refused } from "./api.js";
import { el, fill, write } from "./dom.js";
import { gathered } from "./live.js";
import { ago } from "./times.js";

const CONNECTION = { live: "Live", lost: "Connection lost, trying again" };

/** Bring the frame to life; `hear` takes news, `connection` the state of the stream, `name` the title of the view. */
export function openFrame(api, me) {
  const title = openTitle();
  showPhone(me);
  const refresh = gathered(() => look(api, title));
  refresh();
  return { hear: refresh, connection: showConnection, name: title.name };
}

// Only the demonstration has a phone to open.
async function showPhone(me) {
  const there = me.phone ?? (await fetch("/phone").then(({ ok }) => ok, () => false));
  document.getElementById("phone").hidden = !there;
}

// How much needs a person stands in the window's title too, for whoever has the page in the background.
function openTitle() {
  let view = "";
  let waiting = 0;
  const show = () => {
    document.title = `${waiting ? `(${waiting}) ` : ""}${view} – openclaw`;
  };
  return {
    name: (title) => {
      view = title;
      show();
    },
    count: (count) => {
      waiting = count;
      show();
    },
  };
}

// The frame stays as it was while the gateway is away; the line about the connection says so.
async function look(api, title) {
  try {
    const [attention, pauses] = await Promise.all([api.look("attention", { limit: 1 }), api.look("pauses")]);
    const count = Object.values(attention.counts).reduce((sum, one) => sum + one, 0);
    title.count(count);
    showCount(count);
    showPause(api, pauses.pauses.find((pause) => !pause.accountId && !pause.chatKey));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function showCount(count) {
  const badge = document.getElementById("needs-count");
  badge.hidden = count === 0;
  fill(badge, count > 99 ? "99+" : String(count), el("span.unseen", null, count === 1 ? " thing" : " things"));
}

function showConnection(state) {
  const line = document.getElementById("connection");
  line.dataset.state = state;
  write(line, CONNECTION[state]);
}

// Both buttons are made anew only when the pause begins or ends, so that the focus on them stays.
function showPause(api, pause) {
  const place = document.getElementById("pause-all");
  const banner = document.getElementById("banner");
  if (place.dataset.since === (pause?.since ?? "")) return;
  const first = place.dataset.since === undefined;
  const focused = place.contains(document.activeElement) || banner.contains(document.activeElement);
  place.dataset.since = pause?.since ?? "";
  banner.hidden = !pause;
  const note = refusals();
  const pressed = button(pause ? "Resume everything" : "Pause everything", {
    act: "pause-all",
    place: note,
    run: () => api.act(pause ? "resume" : "pause"),
    said: pause ? "Everything goes on." : "Everything is paused.",
  });
  fill(pause ? place : banner);
  if (pause) fill(banner, el("p", null, "Everything is paused, since ", ago(pause.since),
    ". Messages are kept and nobody is answered until you resume."), pressed, note);
  else fill(place, pressed, note);
  if (focused && !first) pressed.focus();
}
