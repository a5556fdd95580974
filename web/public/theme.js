// Runs before the first paint, so that nobody in the dark is dazzled by a white page.
(() => {
  try {
    const theme = localStorage.getItem("monitorix.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the system decides.
  }
})();
