// Owns the dialogs: a new contact, a new group, a picture at full size. Each is made when it opens and gone after.

import { act } from "./api.js";
import { el, icon, tell } from "./dom.js";

const CROSS = "m6 6 12 12M18 6 6 18";
const LONGEST_NAME = 100;
let lastId = 0;

/** Ask for a contact; `made(answer)` gets what the server made of it. */
export function askForContact(made) {
  const name = field("Name", { maxlength: LONGEST_NAME, placeholder: "Ann Weaver" });
  const address = field("Number or mail", { maxlength: 254, required: true, placeholder: "+1 555 010 0001", autocapitalize: "off" });
  const service = services();
  openForm("New contact", "Add contact", [name.row, address.row, service.row], made, () =>
    act("contacts", { name: name.value(), address: address.value(), service: service.value() }),
  );
}

/** Ask for a group of `people` ({handle, name}). */
export function askForGroup(people, made) {
  const name = field("Group name", { maxlength: LONGEST_NAME, placeholder: "Summer house" });
  const boxes = people.map((person) => el("input", { type: "checkbox", value: person.handle }));
  const members = el(
    "fieldset.members",
    {},
    el("legend", {}, "Members"),
    people.length < 2 ? el("p.soft.small", {}, "Make at least two contacts first.") : null,
    el(
      "div.member-list",
      {},
      people.map(({ handle, name: known }, index) =>
        el("label.member", {}, boxes[index], el("span", {}, known), known !== handle && el("span.soft.tiny", {}, handle)),
      ),
    ),
  );
  const service = services();
  openForm("New group", "Make group", [name.row, members, service.row], made, () => {
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    return act("groups", { name: name.value(), members: chosen, service: service.value() });
  });
}

export function openPicture(address, name) {
  const dialog = openDialog("dialog.picture-view", name, [el("img", { src: address, alt: name })]);
  dialog.addEventListener("click", () => dialog.close());
}

function openForm(title, submit, rows, made, work) {
  const problem = el("p.problem.small", { role: "alert", hidden: true });
  const button = el("button.main", { type: "submit" }, submit);
  const form = el("form", { novalidate: true }, rows, problem, el("div.dialog-end", {}, button));
  const dialog = openDialog("dialog.sheet", title, [form]);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      const answer = await work();
      // Closing gives the focus back to the opener; only then may it go on to the new conversation.
      dialog.close();
      made(answer);
    } catch (error) {
      tell(problem, error.message);
    } finally {
      button.disabled = false;
    }
  });
}

function openDialog(tag, title, content) {
  const id = freshId("dialog");
  const close = el("button.round", { type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon(CROSS));
  const head = el("header.dialog-head", {}, el("h2", { id }, title), close);
  const dialog = el(tag, { "aria-labelledby": id }, head, content);
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) before?.focus?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input")?.focus();
  return dialog;
}

function field(label, attributes) {
  const id = freshId("field");
  const input = el("input.field", { id, type: "text", autocomplete: "off", ...attributes });
  return { row: el("div.labelled", {}, el("label", { for: id }, label), input), value: () => input.value };
}

function services() {
  const name = freshId("service");
  const radios = ["iMessage", "SMS"].map((value, index) => el("input", { type: "radio", name, value, checked: index === 0 }));
  const row = el(
    "fieldset.segments",
    {},
    el("legend", {}, "Service"),
    el("div.segment-row", {}, radios.map((radio) => el("label.segment", {}, radio, el("span", {}, radio.value)))),
  );
  return { row, value: () => radios.find((radio) => radio.checked).value };
}

export function freshId(word) {
  lastId += 1;
  return `${word}-${lastId}`;
}
