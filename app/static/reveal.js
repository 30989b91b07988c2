/* One masked value is shown in its place for a while; without this file a page of its own shows it. */
(function () {
  'use strict';
  var d = document, form = d.querySelector('form[data-reveals]'), SECONDS = 60;
  if (!form || !window.fetch || !window.DOMParser) return;
  var problem = form.querySelector('[data-reveal-problem]');

  function say(text) { problem.textContent = text; problem.hidden = !text; }

  function showFor(eye, value) {
    var row = eye.closest('div'), cell = row.querySelector('[data-masked]'), masked = cell.textContent;
    var left = SECONDS, note = d.createElement('small');
    note.className = 'aj-muted';
    function hide() { window.clearInterval(clock); cell.textContent = masked; eye.hidden = false; }
    function tick() { note.textContent = ' ' + form.getAttribute('data-left').replace('{0}', left); }
    var clock = window.setInterval(function () { left -= 1; if (left <= 0) hide(); else tick(); }, 1000);
    cell.textContent = value;
    note.setAttribute('aria-hidden', 'true');
    cell.appendChild(note);
    eye.hidden = true;
    tick();
    window.addEventListener('pagehide', hide);
  }

  form.addEventListener('submit', function (event) {
    var eye = event.submitter;
    if (!eye || !eye.hasAttribute('data-eye')) return;
    event.preventDefault();
    say('');
    eye.disabled = true;
    fetch(eye.formAction, { method: 'POST', body: new FormData(form), credentials: 'same-origin', cache: 'no-store' })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, 'text/html');
        var shown = page.querySelector('[data-shown]'), refused = page.querySelector('[data-problem]');
        if (shown) showFor(eye, shown.textContent);
        else if (refused) { say(refused.textContent.trim()); form.querySelector('select').focus(); }
        else window.location.reload();
      })
      .catch(function () { form.removeAttribute('data-reveals'); form.requestSubmit(eye); })
      .then(function () { eye.disabled = false; });
  });
}());
