/* Anju 安居: pictures go up one by one with their progress; a broken connection is tried again, by itself and by a
   button; a picture that did arrive is kept once, however often it is sent.
   Without this file the form with the drop-down does the same. */
(function (d) {
  'use strict';
  var TRIES = 3, PAUSE = 1500, STILL = 60000, MEGABYTE = 1048576;
  var area = d.querySelector('[data-upload]');
  if (!area) return;
  var token = area.querySelector('input[name=csrf_token]').value;
  var said = function (key) { return area.getAttribute('data-said-' + key) || ''; };

  function line(box, file) {
    var row = d.createElement('div'), name = d.createElement('div'), bar = d.createElement('progress');
    row.className = 'aj-top-s';
    name.className = 'aj-between';
    name.appendChild(d.createElement('span')).textContent = file.name;
    name.appendChild(d.createElement('span')).textContent = said('sending');
    bar.className = 'aj-progress';
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    row.appendChild(name);
    row.appendChild(bar);
    box.appendChild(row);
    return { bar: bar, word: name.lastChild, row: row };
  }

  function refuse(shown, text) {
    shown.bar.remove();
    shown.word.textContent = '';
    var error = d.createElement('p');
    error.className = 'aj-error';
    error.setAttribute('role', 'alert');
    error.textContent = text;
    shown.row.appendChild(error);
  }

  /* the picture stays chosen: it goes up again when the button is pressed or the connection is back */
  function wait(shown, again) {
    var box = d.createElement('p'), button = d.createElement('button');
    shown.word.textContent = said('cut');
    shown.bar.value = 0;
    box.className = 'aj-error';
    box.setAttribute('role', 'alert');
    box.textContent = said('failed') + ' ';
    button.type = 'button';
    button.className = 'btn btn-default btn-sm';
    button.textContent = said('again');
    box.appendChild(button);
    shown.row.appendChild(box);
    function go() {
      window.removeEventListener('online', go);
      box.remove();
      again();
    }
    button.addEventListener('click', go);
    window.addEventListener('online', go);
  }

  function send(code, file, shown, left) {
    return new Promise(function (done) {
      var clock = null, body = new FormData(), call = new XMLHttpRequest();
      body.append('csrf_token', token);
      body.append('material_code', code);
      body.append('file', file);
      call.open('POST', area.getAttribute('data-upload'));
      call.setRequestHeader('Accept', 'application/json');
      function moves() { clearTimeout(clock); clock = setTimeout(function () { call.abort(); }, STILL); }
      function again(tries) { send(code, file, shown, tries).then(done); }
      function broken() {
        clearTimeout(clock);
        if (left <= 1) { wait(shown, function () { again(TRIES); }); return; }
        shown.word.textContent = said('cut');
        setTimeout(function () { again(left - 1); }, PAUSE);
      }
      call.upload.onprogress = function (event) {
        moves();
        if (!event.lengthComputable) return;
        shown.bar.value = 100 * event.loaded / event.total;
        shown.word.textContent = (event.loaded / MEGABYTE).toFixed(1) + ' / ' + (event.total / MEGABYTE).toFixed(1) + ' MB';
      };
      call.onload = function () {
        var answer = null;
        try { answer = JSON.parse(call.responseText); } catch (e) { /* a page instead of an answer */ }
        if (!answer && call.status >= 500) { broken(); return; }
        clearTimeout(clock);
        if (answer && answer.ok) { done(true); return; }
        refuse(shown, answer && answer.problems ? answer.problems.join(' ') : said('failed'));
        done(false);
      };
      call.onerror = call.onabort = broken;
      moves();
      call.send(body);
    });
  }

  function sendAll(acts, code, files, box) {
    var most = Number(acts.getAttribute('data-most')) * MEGABYTE;
    var all = Promise.resolve(true);
    Array.prototype.forEach.call(files, function (file) {
      all = all.then(function (fine) {
        var shown = line(box, file);
        if (file.size > most) { refuse(shown, acts.getAttribute('data-said-big')); return false; }
        return send(code, file, shown, TRIES).then(function (ok) { return fine && ok; });
      });
    });
    all.then(function (fine) {
      if (!fine) return;
      location.hash = 'material-' + code;
      location.reload();
    });
  }

  Array.prototype.forEach.call(area.querySelectorAll('[data-paper]'), function (acts) {
    var box = acts.parentNode.querySelector('.aj-upload'), code = acts.getAttribute('data-paper');
    acts.hidden = false;
    Array.prototype.forEach.call(acts.querySelectorAll('input[type=file]'), function (input) {
      input.addEventListener('change', function () {
        if (input.files.length) sendAll(acts, code, input.files, box);
      });
    });
  });
})(document);
