// The colors of the first visit are those of the machine. Loaded before anything is drawn, so nothing flashes.
(() => {
  const key = "querystream-theme=";
  if (!document.cookie.includes(key) && matchMedia("(prefers-color-scheme: dark)").matches) {
    document.cookie = key + "dark; path=/; max-age=31536000; samesite=strict";
    if (document.cookie.includes(key)) location.reload();
  }
})();
