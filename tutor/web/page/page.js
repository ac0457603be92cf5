// What the terminal (terminal.js, from textual-serve) leaves to the page: where to connect, fonts, focus, the end,
// and telling when the browser doesn't open an address or fill the clipboard.
"use strict";

const byId = (id) => document.getElementById(id);
const NOTE_MS = 15000;

function tell(text, address) {
  const note = byId("note");
  note.textContent = text;
  if (address) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer", textContent: address });
    note.append(" ", link);
  }
  note.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (note.hidden = true), NOTE_MS);
}

function focusTerminal() {
  document.querySelector(".xterm-helper-textarea")?.focus();
}

// Addresses that the tutor opens: web pages only, without a way back to this page. A blocked one becomes a link.
// The terminal's own links open an empty window first and do the rest themselves.
const openWindow = window.open.bind(window);
window.open = (address) => {
  if (address === undefined) return openWindow();
  if (!/^https?:\/\//.test(address)) return null;
  const opened = openWindow(address, "_blank");
  if (opened) opened.opener = null;
  else tell(document.body.dataset.notOpened, address);
  return opened;
};

// The clipboard is written, never read: what is pasted comes with the paste itself. A page that isn't on this machine
// and not encrypted has no clipboard of its own; there the old way may still do.
function copyTheOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focusTerminal();
  if (!copied) throw new Error("not copied");
}

const clipboard = navigator.clipboard;
const write = async (text) => (clipboard ? clipboard.writeText(text) : copyTheOldWay(text));
Object.defineProperty(navigator, "clipboard", {
  value: {
    writeText: (text) => write(text).catch(() => tell(document.body.dataset.notCopied)),
    readText: async () => "",
  },
});

// The terminal measures its cells once, when it opens: its fonts have to be there by then.
const openTerminal = window.onload;
window.onload = async () => {
  const place = byId("terminal");
  const socket = new URL("ws", location.href);
  socket.protocol = location.protocol.replace("http", "ws");
  socket.search = socket.hash = "";
  place.dataset.sessionWebsocketUrl = socket.href;
  byId("again").onclick = () => location.reload();
  new MutationObserver(() => {
    place.inert = document.body.classList.contains("-closed");
    if (place.inert) byId("again").focus();
    else focusTerminal();
  }).observe(document.body, { attributeFilter: ["class"] });
  window.onfocus = focusTerminal;
  await Promise.allSettled(["", "bold ", "italic "].map((style) => document.fonts.load(style + '16px "Roboto Mono"', "A가")));
  openTerminal();
};
