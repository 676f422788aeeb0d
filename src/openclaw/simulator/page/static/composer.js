// Owns writing: the text field, files that wait to be sent, who writes in a group, and sending one after the other.

import { act, upload } from "./api.js";
import { byId, el, icon, reconcile, tell } from "./dom.js";

const MOST_BYTES = 25 * 1024 * 1024;
const MOST_FILES = 10;
const MOST_HEIGHT_PX = 140;
const CROSS = "m7 7 10 10M17 7 7 17";

export function showComposer(store) {
  const text = byId("text");
  const file = byId("file");
  const drafts = new Map();
  let line = Promise.resolve();
  let shown = null;

  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  text.addEventListener("input", grow);
  text.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  });
  byId("attach").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    add(file.files);
    file.value = "";
    text.focus();
  });
  byId("writer").addEventListener("change", (event) => store.setWriter(store.chat(), event.target.value));
  for (const name of ["dragover", "drop"]) byId("log").addEventListener(name, onDrag);
  store.on("open", draw);
  store.on("settings", draw);

  // Each conversation has its own unfinished text and files.
  const draftOf = (chat) => {
    if (!drafts.has(chat)) drafts.set(chat, { text: "", files: [] });
    return drafts.get(chat);
  };

  function draw() {
    const chat = store.chat();
    if (!chat) return;
    if (shown !== chat.id) {
      if (shown !== null) draftOf(shown).text = text.value;
      shown = chat.id;
      text.value = draftOf(chat.id).text;
      tell(byId("send-problem"), "");
    }
    const way = chat.service === "iMessage" ? "iMessage" : "Text Message";
    text.placeholder = way;
    byId("composer").dataset.service = chat.service;
    byId("writer-row").hidden = !chat.group;
    const choices = chat.members.map((handle) => new Option(store.nameOf(handle), handle));
    byId("writer").replaceChildren(...choices);
    byId("writer").value = store.writer(chat);
    drawFiles();
    grow();
  }

  function onDrag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") add(event.dataTransfer.files);
  }

  function add(files) {
    const draft = draftOf(store.open);
    const large = [...files].filter((each) => each.size > MOST_BYTES);
    const fit = [...files].filter((each) => each.size <= MOST_BYTES);
    tell(byId("send-problem"), large.length ? `${large[0].name} is over 25 MB; send a smaller one.` : "");
    if (draft.files.length + fit.length > MOST_FILES) tell(byId("send-problem"), `At most ${MOST_FILES} files at once.`);
    for (const each of fit.slice(0, MOST_FILES - draft.files.length)) preview(each, draft);
    drawFiles();
  }

  function preview(source, draft) {
    const entry = { source, key: `${source.name}-${source.lastModified}-${Math.random()}`, name: source.name, image: "" };
    draft.files.push(entry);
    if (!/^image\/(png|jpeg|gif|webp)$/.test(source.type)) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      entry.image = reader.result;
      drawFiles();
    });
    reader.readAsDataURL(source);
  }

  function drawFiles() {
    const draft = draftOf(store.open);
    byId("drafts").hidden = !draft.files.length;
    reconcile(byId("drafts"), draft.files.map(({ key, name, image }) => ({ key, name, image })), (item) => drawDraft(item, draft));
    ready();
  }

  function drawDraft({ key, name, image }, draft) {
    const remove = () => {
      draft.files = draft.files.filter((each) => each.key !== key);
      drawFiles();
      text.focus();
    };
    return el(
      "li",
      {},
      image ? el("img", { src: image, alt: "" }) : null,
      el("span.draft-name", {}, name),
      el("button.round", { type: "button", "aria-label": `Remove ${name}`, onclick: remove }, icon(CROSS)),
    );
  }

  function send() {
    const chat = store.chat();
    const draft = draftOf(chat.id);
    const words = text.value.trim();
    if (!words && !draft.files.length) return;
    const order = { chat: chat.id, sender: store.writer(chat), words, files: draft.files };
    drafts.set(chat.id, { text: "", files: [] });
    text.value = "";
    tell(byId("send-problem"), "");
    drawFiles();
    grow();
    line = line.then(() => deliver(order)).catch((error) => giveBack(order, error));
  }

  async function deliver({ chat, sender, words, files }) {
    const ids = [];
    for (const each of files) ids.push((await upload(each.source)).file);
    const { bubble } = await act(`chats/${chat}/bubbles`, { sender, text: words, files: ids });
    store.takeChange({ chats: [], bubbles: [bubble] });
  }

  function giveBack({ chat, words, files }, error) {
    const draft = draftOf(chat);
    draft.files = [...files, ...draft.files];
    if (chat === store.open) {
      text.value = [words, text.value].filter(Boolean).join("\n");
      tell(byId("send-problem"), `Not delivered. ${error.message}`);
      drawFiles();
      grow();
    } else {
      draft.text = [words, draft.text].filter(Boolean).join("\n");
    }
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, MOST_HEIGHT_PX)}px`;
    ready();
  }

  function ready() {
    const any = text.value.trim() || (store.open !== null && draftOf(store.open).files.length);
    byId("send").classList.toggle("idle", !any);
    byId("send").setAttribute("aria-disabled", String(!any));
  }
}
