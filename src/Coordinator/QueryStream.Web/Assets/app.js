// Connects the page, and goes on when the connection is lost: the page stays as it is and readable until a coordinator answers again.
(() => {
  const offline = document.getElementById("offline");
  let isDown = false;
  const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

  async function isAlive() {
    try {
      return (await fetch("/ui/alive", { cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  // A coordinator that has started anew does not know this page any more: then it is loaded again.
  async function reconnect() {
    while (isDown) {
      await wait(1000);
      if (!isDown || !await isAlive()) continue;
      let isBack = false;
      try {
        isBack = await Blazor.reconnect();
      } catch { /* It has gone again. */ }
      if (!isBack && await isAlive()) {
        location.reload();
        return;
      }
    }
  }

  if (document.querySelector("form.sign-in-form") === null) {
    Blazor.start({
      circuit: {
        reconnectionHandler: {
          onConnectionDown: () => {
            if (isDown) return;
            isDown = true;
            offline.hidden = false;
            reconnect();
          },
          onConnectionUp: () => {
            isDown = false;
            offline.hidden = true;
          },
        },
      },
    });
  }

  window.querystream = {
    setTheme: dark => {
      document.documentElement.dataset.theme = dark ? "dark" : "light";
      document.cookie = "querystream-theme=" + (dark ? "dark" : "light") + "; path=/; max-age=31536000; samesite=strict";
    },
    // Log lines are followed only while the reader is at the end.
    scrollToEnd: element => { if (element) element.scrollTop = element.scrollHeight; },
  };

  document.querySelector("#blazor-error-ui .reload")?.addEventListener("click", event => {
    event.preventDefault();
    location.reload();
  });
})();
