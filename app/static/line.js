/* Anju 安居: when the line drops. What was typed into a form is kept in this window (sessionStorage: it ends with the
   window, is taken away once it was sent and when nobody is signed in), and can be sent again. Beside that: the
   worker that keeps the shell, and the button that puts the hall on the home screen. */
(function (d, w) {
  'use strict';
  var me = d.currentScript, MARK = 'anju-typed:', PATIENCE = 10000;
  var say = function (key) { return me.getAttribute('data-say-' + key) || ''; };
  var here = w.location.pathname + w.location.search;
  var store = null;
  try { store = w.sessionStorage; store.getItem(MARK); } catch (e) { store = null; }
  var each = function (list, act) { Array.prototype.forEach.call(list, act); };

  /* what is kept: by the address of the page, the fields of its one form marked data-keep */
  function kept() {
    var found = [];
    for (var place = 0; store && place < store.length; place += 1) {
      var key = store.key(place);
      if (key.indexOf(MARK) === 0) found.push(JSON.parse(store.getItem(key)));
    }
    return found;
  }
  function keep(one) { try { if (store) store.setItem(MARK + one.page, JSON.stringify(one)); } catch (e) { /* full */ } }
  function forget(one) { store.removeItem(MARK + one.page); }
  function isKept(field) {
    return field.name && !/^(hidden|password|file|submit|button|image|reset)$/.test(field.type) && field.autocomplete !== 'one-time-code';
  }
  function read(form) {
    var values = [];
    each(form.elements, function (field) {
      if (!isKept(field)) return;
      if (field.type === 'radio' || field.type === 'checkbox') { if (field.checked) values.push([field.name, field.value]); } else values.push([field.name, field.value]);
    });
    return values;
  }
  function keyOf(form) { return form.querySelector('input[name=form_key]'); }
  function write(form, one) {
    var before = JSON.stringify(read(form));
    var wanted = function (field) { return one.values.filter(function (pair) { return pair[0] === field.name; }).map(function (pair) { return pair[1]; }); };
    each(form.elements, function (field) {
      if (!isKept(field)) return;
      var values = wanted(field);
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = values.indexOf(field.value) >= 0;
      else if (values.length) field.value = values[0];
      field.dispatchEvent(new Event('change', { bubbles: true }));
    });
    /* perhaps it did arrive and only the answer was lost: by its key it is done once */
    if (one.sent && one.key && keyOf(form)) keyOf(form).value = one.key;
    return JSON.stringify(read(form)) !== before;
  }

  /* the sentence at the head of the page, with a button where there is something to do */
  var bar = null;
  function tell(text, tone, act) {
    if (bar) bar.remove();
    bar = d.createElement('div');
    bar.className = 'aj-notice aj-notice--' + tone;
    bar.setAttribute('role', tone === 'stop' ? 'alert' : 'status');
    bar.appendChild(d.createElement('p')).textContent = text;
    if (act) {
      var button = bar.appendChild(d.createElement('button'));
      button.type = 'button';
      button.className = 'btn btn-default';
      button.textContent = say('again');
      button.addEventListener('click', act);
    }
    var main = d.getElementById('main');
    main.insertBefore(bar, main.firstChild);
    return bar;
  }
  function shut() { if (bar) { bar.remove(); bar = null; } }
  function ping() {
    var clock, late = new Promise(function (_, no) { clock = setTimeout(no, PATIENCE); });
    return Promise.race([fetch('/healthz', { cache: 'no-store', credentials: 'omit' }), late]).finally(function () { clearTimeout(clock); });
  }

  function watch(form) {
    var proved = false, timer = null, pressed = null;
    var now = function (sent) { var field = keyOf(form); keep({ page: here, values: read(form), key: field ? field.value : '', sent: sent }); };
    var soon = function () { clearTimeout(timer); timer = setTimeout(function () { now(false); }, 300); };
    form.addEventListener('input', soon);
    form.addEventListener('change', soon);
    function send() { proved = true; if (form.requestSubmit) form.requestSubmit(pressed || undefined); else form.submit(); }
    function stopped() {
      now(false);
      tell(say('unsent'), 'stop', function () { ping().then(function () { shut(); send(); }, stopped); }).scrollIntoView({ block: 'center' });
    }
    /* before all others, so that a form which stays is not taken for sent */
    w.addEventListener('submit', function (event) {
      if (event.target !== form) return;
      clearTimeout(timer);
      pressed = event.submitter || null;
      var worker = navigator.serviceWorker && navigator.serviceWorker.controller;
      if (proved || (navigator.onLine && worker)) { proved = false; now(true); return; }
      event.preventDefault();
      if (!navigator.onLine) stopped(); else ping().then(send, stopped);
    }, true);
    w.addEventListener('offline', function () { now(false); });
  }

  function arrive() {
    var form = d.querySelector('form[data-keep]'), wrong = d.querySelector('.aj-errsum');
    var came = w.performance && performance.getEntriesByType && performance.getEntriesByType('navigation')[0];
    if (came && came.responseStatus >= 500) return;
    kept().forEach(function (one) {
      if (!me.hasAttribute('data-somebody')) forget(one);
      else if (form && one.page === here && !wrong) { if (write(form, one) && (one.sent || form.getAttribute('data-keep') !== 'quiet')) tell(say('back'), 'turn'); }
      else if (one.sent || one.page === here) forget(one);
    });
    if (form && me.hasAttribute('data-somebody')) watch(form);
    w.addEventListener('offline', function () { tell(say(form ? 'off-form' : 'off'), 'turn'); });
    w.addEventListener('online', shut);
  }

  /* the page that the worker shows without a line */
  function waitForLine(page) {
    var waiting = kept().filter(function (one) { return one.sent || one.page === here; })[0];
    if (waiting) page.querySelector('[data-typed]').hidden = false;
    function retry() {
      ping().then(function () { if (waiting) w.location.assign(waiting.page); else w.location.reload(); }, function () { tell(say('off'), 'stop'); });
    }
    page.querySelector('[data-retry]').addEventListener('click', retry);
    w.addEventListener('online', retry);
  }

  /* the worker: after everything else, and not for another office's face only */
  w.addEventListener('load', function () {
    var address = me.getAttribute('data-worker'), workers = navigator.serviceWorker;
    if (!address || !workers || (me.hasAttribute('data-neutral') && workers.controller)) return;
    workers.register(address, { scope: '/' }).catch(function () { /* a private window */ });
  });
  w.addEventListener('beforeinstallprompt', function (event) {
    var button = d.querySelector('[data-install]');
    if (!button) return;
    event.preventDefault();
    button.hidden = false;
    button.addEventListener('click', function () { event.prompt(); });
  });

  d.addEventListener('DOMContentLoaded', function () {
    var lone = d.querySelector('[data-offline]');
    if (lone) waitForLine(lone); else arrive();
  });
})(document, window);
