/* A code by text message without leaving the page; without this script the button sends the form. */
(function (d) {
  function countDown(button, seconds) {
    if (seconds <= 0) { button.disabled = false; button.textContent = button.getAttribute('data-code-again'); return; }
    button.disabled = true;
    button.textContent = button.getAttribute('data-code-wait').replace('#', seconds);
    setTimeout(function () { countDown(button, seconds - 1); }, 1000);
  }
  function ask(button) {
    var form = button.form, status = d.getElementById('code-status'), body = new FormData();
    var to = button.getAttribute('data-code');
    body.append(to, form.elements[to].value);
    ['csrf_token', 'picture', 'picture_token'].forEach(function (name) {
      if (form.elements[name]) { body.append(name, form.elements[name].value); }
    });
    button.setAttribute('aria-busy', 'true');
    fetch(button.getAttribute('formaction'), { method: 'POST', body: body, headers: { Accept: 'application/json' } })
      .then(function (answer) { return answer.json(); })
      .then(function (said) {
        button.removeAttribute('aria-busy');
        status.textContent = said.problem || said.message;
        if (said.picture) { button.removeAttribute('data-code'); form.requestSubmit(button); }
        if (said.token) { d.getElementById('code-token').value = said.token; countDown(button, 60); d.getElementById('code').focus(); }
      })
      .catch(function () { button.removeAttribute('data-code'); form.requestSubmit(button); });
  }
  d.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('button[data-code]');
    if (button && window.fetch) { event.preventDefault(); ask(button); }
  });
})(document);
