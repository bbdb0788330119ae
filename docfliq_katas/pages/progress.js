// The reader's progress on the pages that `kata docs` serves; no other page has this script.
(() => {
  const BUILD = document.currentScript.dataset.build;
  const SUMMED = /^\/(lessons|first-week)\//;
  let source;
  let told; // what each lesson's words were in the last message, by slug

  const slugOf = (path) => path.match(/^\/lessons\/([a-z0-9_]+)\/$/)?.[1];

  const element = (tag, className, ...children) => {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  };

  const badges = (words) =>
    element("span", "kata-words", ...words.flatMap((word) => [" ", element("span", "kata-word", word)]));

  // Behind every link to a lesson in a table: in the lists, and where a page says what to do first.
  const markLinks = (lessons) => {
    for (const link of document.querySelectorAll("article td a[href]")) {
      const lesson = link.hash ? undefined : lessons[slugOf(link.pathname)];
      if (lesson) link.after(badges(lesson.words));
    }
  };

  // Below the title: this lesson, where the page is one's, then the course.
  const summary = ({ lessons, next, solved }) => {
    const here = lessons[slugOf(location.pathname)];
    const line = element("p", "kata-standing");
    if (here) line.append("This lesson:", badges(here.words.length ? here.words : ["Not solved yet"]), " ");
    line.append(solved);
    if (next && lessons[next] !== here) {
      const link = element("a", "", lessons[next].title);
      link.href = `/lessons/${next}/`;
      line.append(" Next: ", link);
    }
    return line;
  };

  const show = (progress) => {
    const focused = document.activeElement.closest(".kata-standing");
    document.querySelectorAll(".kata-words, .kata-standing").forEach((old) => old.remove());
    markLinks(progress.lessons);
    if (SUMMED.test(location.pathname)) document.querySelector("article h1")?.after(summary(progress));
    if (focused) document.querySelector(".kata-standing a")?.focus(); // who tabbed to the link is there still
  };

  // Screen readers hear what has changed since the last message, and nothing when the page is opened.
  const said = element("div", "kata-said");
  said.setAttribute("role", "status");
  said.setAttribute("aria-live", "polite");

  const announce = ({ lessons, solved }) => {
    const now = Object.fromEntries(
      Object.entries(lessons).map(([slug, { words }]) => [slug, words.join(", ") || "Not solved yet"]),
    );
    const changed = Object.keys(now).filter((slug) => told && told[slug] !== now[slug]);
    if (changed.length) {
      said.textContent = [...changed.map((slug) => `${lessons[slug].title}: ${now[slug]}.`), solved].join(" ");
    }
    told = now;
  };

  const receive = ({ data }) => {
    const progress = JSON.parse(data);
    if (progress.build !== BUILD) return location.reload();
    show(progress);
    announce(progress);
  };

  // A browser opens few connections to one host: only the page that is looked at holds one.
  const listen = () => {
    source?.close();
    source = undefined;
    if (document.visibilityState === "hidden") return;
    source = new EventSource("/kata/events");
    source.onmessage = receive;
  };

  document.body.append(said);
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
  listen();
})();
