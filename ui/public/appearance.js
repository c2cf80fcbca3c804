// Runs before anything is drawn, so that no light page flashes up in a dark room. The choices are the ones of last time;
// src/appearance.ts corrects them as soon as the device has said what they are.
(() => {
  let theme = "system";
  let language = "system";
  try {
    ({ theme = "system", language = "system" } = JSON.parse(localStorage.getItem("appearance") ?? "{}"));
  } catch {
    // Without a memory, as the system has it.
  }
  const dark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.lang = language === "system" ? (navigator.language || "en").split("-")[0] : language;
})();
