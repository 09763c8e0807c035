// Draws each figure when it comes near the screen, so that a long report opens at once.
const options = { responsive: true, displaylogo: false, scrollZoom: false, displayModeBar: false };
const narrow = window.matchMedia("(max-width: 600px)").matches;

function draw(target) {
  const figure = JSON.parse(document.getElementById(`figure-${target.dataset.figure}`).textContent);
  if (narrow) {
    figure.layout.dragmode = false; // a swipe scrolls the page
    for (const note of figure.layout.annotations ?? []) note.font.size = Math.min(note.font.size, 30);
  }
  Plotly.newPlot(target, figure.data, figure.layout, options);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      draw(entry.target);
    }
  },
  { rootMargin: "600px" },
);
document.querySelectorAll(".figure").forEach((target) => watcher.observe(target));
