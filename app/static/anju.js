/* Anju 安居: display switches kept on this device, reading aloud, choice cards, forms that are sent once, repairs of FAB's fields.
   Every page works without this file, except for the switches. */
(function (d) {
  'use strict';
  var root = d.documentElement;
  /* the few sentences this file needs come with the page, in its language */
  var say = function (key) { return d.body.getAttribute('data-say-' + key) || ''; };
  var each = function (where, selector, act) { Array.prototype.forEach.call(where.querySelectorAll(selector), act); };

  /* display switches: large type, high contrast, dark */
  var kept = function (key) { try { return localStorage.getItem('anju-' + key); } catch (e) { return null; } };
  var keep = function (key, value) { try { localStorage.setItem('anju-' + key, value); } catch (e) { /* private window */ } };
  ['size', 'contrast', 'theme'].forEach(function (key) { var value = kept(key); if (value) root.setAttribute('data-' + key, value); });
  /* dark as the system says, until the reader has chosen */
  var night = window.matchMedia('(prefers-color-scheme:dark)');
  function followSystem() {
    if (kept('theme')) return;
    if (night.matches) root.setAttribute('data-theme', 'dark'); else root.removeAttribute('data-theme');
    showSwitches();
  }
  if (night.addEventListener) night.addEventListener('change', followSystem);
  followSystem();
  function showSwitches() {
    each(d, '[data-set]', function (button) {
      var on = root.getAttribute('data-' + button.getAttribute('data-set')) === button.getAttribute('data-on');
      button.setAttribute('aria-pressed', String(on));
    });
  }
  d.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-set]');
    if (!button) return;
    var key = button.getAttribute('data-set'), on = button.getAttribute('data-on');
    var now = root.getAttribute('data-' + key) === on ? '' : on;
    if (key === 'theme' && !now) now = 'light';
    if (now) root.setAttribute('data-' + key, now); else root.removeAttribute('data-' + key);
    keep(key, key === 'theme' && (now === 'dark') === night.matches ? '' : now);
    showSwitches();
  });

  /* reading aloud with the browser's own voice: the page's words, sentence by sentence; a second press stops */
  var voice = window.speechSynthesis && window.SpeechSynthesisUtterance ? window.speechSynthesis : null;
  function reading(on) { each(d, '[data-read]', function (button) { button.setAttribute('aria-pressed', String(on)); }); }
  function sentences() {
    var words = d.getElementById('main').innerText.replace(/([。！？；]|[.!?;](?=\s))/g, '$1\n');
    return words.split(/\n+/).map(function (one) { return one.trim(); }).filter(Boolean);
  }
  function readAloud() {
    voice.cancel();
    var all = sentences();
    all.forEach(function (one, place) {
      var said = new window.SpeechSynthesisUtterance(one);
      said.lang = root.lang;
      if (place === all.length - 1) said.onend = function () { reading(false); };
      said.onerror = function () { reading(false); };
      voice.speak(said);
    });
    reading(all.length > 0);
  }
  d.addEventListener('click', function (event) {
    var button = voice && event.target.closest && event.target.closest('[data-read]');
    if (!button) return;
    if (button.getAttribute('aria-pressed') === 'true') { voice.cancel(); reading(false); } else readAloud();
  });
  if (voice) window.addEventListener('pagehide', function () { voice.cancel(); });

  /* menus of the frame: one is open at a time, Escape and a click elsewhere close it */
  function shutMenus(but) {
    each(d, '[data-menu][aria-expanded=true]', function (button) {
      if (button === but) return;
      button.setAttribute('aria-expanded', 'false');
      button.parentNode.classList.remove('open');
    });
  }
  d.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-menu]');
    var fold = event.target.closest && event.target.closest('[data-fold]');
    if (!(event.target.closest && event.target.closest('.aj-tools .dropdown-menu'))) shutMenus(button);
    if (button) {
      var open = button.parentNode.classList.toggle('open');
      button.setAttribute('aria-expanded', String(open));
    }
    if (fold) fold.setAttribute('aria-expanded', String(d.getElementById(fold.getAttribute('data-fold')).classList.toggle('in')));
  });
  d.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') return;
    var button = d.querySelector('[data-menu][aria-expanded=true]');
    shutMenus(null);
    if (button) button.focus();
  });

  /* choice cards: the chosen one is marked */
  function markPicks(where) {
    each(where, '.aj-pick input[type=radio], .aj-pick input[type=checkbox]', function (input) {
      input.closest('.aj-pick').classList.toggle('is-on', input.checked);
    });
  }
  d.addEventListener('change', function (event) { if (event.target.closest('.aj-pick')) markPicks(d); });

  /* a form is sent once: the pressed button turns busy, a second press does nothing */
  d.addEventListener('submit', function (event) {
    var form = event.target;
    if (event.defaultPrevented || (form.method || '').toLowerCase() !== 'post' || form.hasAttribute('data-again')) return;
    if (form.getAttribute('data-sent')) { event.preventDefault(); return; }
    form.setAttribute('data-sent', '1');
    var button = event.submitter || form.querySelector('button[type=submit]');
    if (button) button.setAttribute('aria-busy', 'true');
    waiting = setTimeout(showWork, 700, form);
  });
  /* what takes longer than a moment says so and shows a bar: files that go up, lists that are read, proofs */
  var waiting = 0;
  function showWork(form) {
    var box = d.createElement('div'), bar = d.createElement('progress');
    box.className = 'aj-working';
    box.setAttribute('role', 'status');
    box.textContent = say('working');
    bar.className = 'aj-progress';
    bar.setAttribute('aria-label', say('working'));
    box.appendChild(bar);
    form.appendChild(box);
  }
  window.addEventListener('pageshow', function () {
    clearTimeout(waiting);
    each(d, '.aj-working', function (box) { box.remove(); });
    each(d, 'form[data-sent]', function (form) { form.removeAttribute('data-sent'); });
    each(d, 'form [aria-busy=true]', function (button) { button.removeAttribute('aria-busy'); });
  });

  /* show or hide a password, copy a text, open and close dialogs, clear a field's error once it is changed */
  d.addEventListener('click', function (event) {
    var at = function (selector) { return event.target.closest && event.target.closest(selector); };
    var reveal = at('[data-reveal]'), opener = at('[data-open]'), closer = at('[data-close]'), printer = at('[data-print]');
    if (reveal) {
      var field = d.getElementById(reveal.getAttribute('data-reveal'));
      var hidden = field.type === 'password';
      field.type = hidden ? 'text' : 'password';
      reveal.setAttribute('aria-pressed', String(hidden));
    }
    if (opener) { var dialog = d.getElementById(opener.getAttribute('data-open')); if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); } }
    if (closer) { event.preventDefault(); closer.closest('dialog').close(); }
    var back = at('[data-back]');
    if (back && d.referrer.indexOf(location.origin + '/') === 0 && history.length > 1) { event.preventDefault(); history.back(); }
    if (printer) { event.preventDefault(); window.print(); }
  });
  /* a switch that shows a part of a form: data-shows on the input names the part, data-when its value */
  function showParts() {
    each(d, '[data-shown-by]', function (part) {
      var wanted = part.getAttribute('data-when').split('|'), on = false;
      each(d, '[name="' + part.getAttribute('data-shown-by') + '"]', function (input) {
        if ((input.type !== 'radio' && input.type !== 'checkbox') || input.checked) on = on || wanted.indexOf(input.value) >= 0;
      });
      part.hidden = !on;
    });
  }
  d.addEventListener('change', showParts);

  /* large sums are grouped when the field is left, and read back without separators by the server */
  d.addEventListener('focusout', function (event) {
    var input = event.target;
    if (!input.matches || !input.matches('[data-money]') || !input.value) return;
    var plain = input.value.replace(/[,，\s]/g, '');
    if (!/^\d+(\.\d{0,2})?$/.test(plain)) return;
    var parts = Number(plain).toFixed(2).split('.');
    input.value = parts[0].replace(/\B(?=(\d{3})+$)/g, ',') + '.' + parts[1];
  });

  d.addEventListener('DOMContentLoaded', function () {
    showSwitches(); markPicks(d); showParts();
    if (voice) each(d, '[data-speech]', function (item) { item.hidden = false; });
    var summary = d.querySelector('.aj-errsum');
    if (summary) summary.focus();
    each(d, 'details[data-open-large]', function (box) { if (window.matchMedia('(min-width:48em)').matches) box.open = true; });
    each(d, '.aj-drop', dropZone);
    each(d, 'form[data-auto] select, form[data-auto] input[type=file]', function (input) {
      input.addEventListener('change', function () { input.form.requestSubmit ? input.form.requestSubmit() : input.form.submit(); });
    });
    dates();
  });

  /* drop zone: files fall into the file field it names */
  function dropZone(zone) {
    var input = zone.querySelector('input[type=file]');
    if (!input) return;
    ['dragenter', 'dragover'].forEach(function (kind) { zone.addEventListener(kind, function (event) { event.preventDefault(); zone.classList.add('is-over'); }); });
    ['dragleave', 'drop'].forEach(function (kind) { zone.addEventListener(kind, function () { zone.classList.remove('is-over'); }); });
    zone.addEventListener('drop', function (event) {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }

  /* FAB's date fields: months and days of the page's language, set before FAB starts them */
  function dates() {
    var picker = window.jQuery && window.jQuery.fn.datepicker;
    if (!picker || !picker.dates) return;
    window.jQuery.fn.datetimepicker = window.jQuery.fn.datetimepicker || function () { return this.datepicker({ format: 'yyyy-mm-dd' }); };
    picker.defaults.autoclose = true;
    picker.defaults.container = '#main';
    var name = function (date, shape) { return new Intl.DateTimeFormat(root.lang, shape).format(date); };
    var days = [], months = [];
    for (var n = 0; n < 7; n += 1) days.push(name(new Date(2026, 0, 4 + n), { weekday: 'narrow' }));
    for (n = 0; n < 12; n += 1) months.push(name(new Date(2026, n, 1), { month: 'short' }));
    picker.dates[root.lang] = { days: days, daysShort: days, daysMin: days, months: months, monthsShort: months, today: say('today'), clear: say('clear'), format: 'yyyy-mm-dd', titleFormat: 'yyyy MM', weekStart: 1 };
    picker.defaults.language = root.lang;
  }

  /* FAB's Select2 fields: words in the reader's language, a name for the search field, no clear-all inside a list of choices */
  window.addEventListener('load', function () {
    var $ = window.jQuery;
    if ($ && $.fn.select2) $(function () { setTimeout(function () { repairFields($); }, 0); });
  });
  function repairFields($) {
    var words = {
      noResults: function () { return say('none'); },
      searching: function () { return say('searching'); },
      inputTooShort: function () { return say('type'); },
      errorLoading: function () { return say('failed'); }
    };
    $('select.my_select2').each(function () {
      var many = this.multiple, blank = !many && this.querySelector('option[value=""], option[value="__None"]');
      $(this).select2({ theme: 'bootstrap', width: '100%', placeholder: say('choose'), allowClear: Boolean(blank), language: words, dropdownParent: $('#main') });
    });
    function nameSearch(box) {
      var label = box.closest('td') && box.closest('td').previousElementSibling;
      var text = label ? label.textContent.replace(/[*\s]+/g, ' ').trim() : '';
      box.setAttribute('aria-label', text || say('find'));
    }
    each(d, '.select2-search__field', nameSearch);
    each(d, 'select.my_select2', function (field) {
      var label = field.id && d.querySelector('label[for="' + field.id + '"]');
      var box = field.nextElementSibling && field.nextElementSibling.querySelector('[role=combobox]');
      if (label && box) box.setAttribute('aria-label', label.textContent.replace(/[*\s]+/g, ' ').trim());
    });
    var tell = window.ab_alert;
    window.ab_alert = function (text) { tell(text === 'No row selected' ? say('norow') : text); };
    d.addEventListener('click', function (event) {
      var link = event.target.closest('[data-delete]');
      if (!link) return;
      event.preventDefault();
      new window.AdminActions().execute_single_delete(link.getAttribute('data-delete'), say('delete'));
    });
    $(d).on('select2:open', function () {
      var box = d.querySelector('.select2-container--open .select2-search__field');
      if (box) { nameSearch(box); box.focus(); }
      var combo = d.querySelector('.select2-container--open [role=combobox]');
      if (combo) combo.setAttribute('aria-controls', combo.getAttribute('aria-owns'));
    });
    /* Bootstrap says "expanded" on the folded part as well, where no reader expects it */
    $(d).on('shown.bs.collapse hidden.bs.collapse', function (event) { event.target.removeAttribute('aria-expanded'); });
    /* FAB sets a style attribute, which the policy of the site refuses: set the property instead */
    var attr = $.fn.attr;
    $.fn.attr = function (name, value) {
      if (name !== 'style' || typeof value !== 'string') return attr.apply(this, arguments);
      return this.each(function () { this.style.cssText = value; });
    };
    /* the fields of an added filter are named by the word at the beginning of their row */
    var rows = d.querySelector('.filters > tbody');
    if (rows) new MutationObserver(function () {
      each(rows, 'tr', function (row) {
        var word = row.cells[0].textContent.replace(/[×\s]+/g, ' ').trim();
        each(row, 'td.filter select, td.filter input, td.filter [role=combobox]', function (field) { field.setAttribute('aria-label', word); });
      });
    }).observe(rows, { childList: true, subtree: true });
  }
})(document);
