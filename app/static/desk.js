/* Anju 安居, the desk: papers enlarged, turned and framed; lines of a return opinion; chosen rows.
   The pages work without this file: papers and lines are changed by the forms' own buttons. */
(function (d) {
  'use strict';
  var SVG = 'http://www.w3.org/2000/svg';
  var all = function (where, selector) { return Array.prototype.slice.call(where.querySelectorAll(selector)); };
  var one = function (where, selector) { return where.querySelector(selector); };

  /* --- the viewer: an SVG whose window is moved and made smaller, so that no style is written --- */
  function viewer(box) {
    var svg = one(box, 'svg'), sheet = one(box, '[data-sheet]'), image = one(box, 'image'), marks = one(box, '[data-marks]');
    if (!svg) return;
    var area = one(box, '.aj-viewer__page'), frame = one(box, '[data-frame]'), word = one(box, '[data-size-word]');
    var wide = Number(image.getAttribute('width')), high = Number(image.getAttribute('height'));
    var zoom = 1, turned = 0, left = 0, top = 0, pulled = null, drawn = null;

    function flat() { return turned % 180 === 0; }
    function show() {
      var w = flat() ? wide : high, h = flat() ? high : wide;
      left = Math.min(Math.max(left, 0), w - w / zoom);
      top = Math.min(Math.max(top, 0), h - h / zoom);
      svg.setAttribute('viewBox', [left, top, w / zoom, h / zoom].join(' '));
      var moves = { 0: '', 90: 'translate(' + high + ' 0) rotate(90)', 180: 'translate(' + wide + ' ' + high + ') rotate(180)', 270: 'translate(0 ' + wide + ') rotate(270)' };
      if (moves[turned]) sheet.setAttribute('transform', moves[turned]); else sheet.removeAttribute('transform');
      word.textContent = Math.round(zoom * 100) + '%';
    }
    function point(event) {
      var at = svg.createSVGPoint();
      at.x = event.clientX; at.y = event.clientY;
      return at.matrixTransform(sheet.getScreenCTM().inverse());
    }
    function rectangle(a, b) {
      var x = Math.max(0, Math.min(a.x, b.x)), y = Math.max(0, Math.min(a.y, b.y));
      return { x: x, y: y, width: Math.min(wide, Math.max(a.x, b.x)) - x, height: Math.min(high, Math.max(a.y, b.y)) - y };
    }
    function ring(at, name) {
      [['halo', ''], ['ring', name]].forEach(function (kind) {
        var rect = d.createElementNS(SVG, 'rect');
        rect.setAttribute('class', kind[0]);
        ['x', 'y', 'width', 'height'].forEach(function (key) { rect.setAttribute(key, at[key]); });
        marks.appendChild(rect);
      });
      if (!name) return;
      var label = d.createElementNS(SVG, 'g'), plate = d.createElementNS(SVG, 'rect'), text = d.createElementNS(SVG, 'text');
      label.setAttribute('transform', 'translate(' + at.x + ' ' + at.y + ') scale(' + wide / 560 + ')');
      plate.setAttribute('class', 'plate'); plate.setAttribute('width', 24); plate.setAttribute('height', 24);
      text.setAttribute('x', 8); text.setAttribute('y', 17);
      text.textContent = name;
      label.appendChild(plate); label.appendChild(text);
      marks.appendChild(label);
    }
    function showMarks() {
      marks.textContent = '';
      all(d, '[data-line]').forEach(function (line, place) {
        if (one(line, '[data-line-page]').value !== svg.getAttribute('data-page')) return;
        var parts = one(line, '[data-line-mark]').value.split(',').map(Number);
        if (parts.length === 4) ring({ x: parts[0] * wide / 100, y: parts[1] * high / 100, width: parts[2] * wide / 100, height: parts[3] * high / 100 }, String(place + 1));
      });
      if (drawn) ring(drawn, '');
    }
    box.addEventListener('click', function (event) {
      var step = event.target.closest('[data-zoom]'), show_ = event.target.closest('[data-show]');
      if (step) {
        zoom = Math.min(6, Math.max(1, step.getAttribute('data-zoom') === '1' ? zoom * 1.5 : zoom / 1.5));
        show();
      }
      if (event.target.closest('[data-turn]')) { turned = (turned + 90) % 360; left = top = 0; show(); }
      if (frame && event.target.closest('[data-frame]')) frame.setAttribute('aria-pressed', String(frame.getAttribute('aria-pressed') !== 'true'));
      if (show_) { event.preventDefault(); change(show_); }
    });
    function change(button) {
      wide = Number(button.getAttribute('data-wide')); high = Number(button.getAttribute('data-high'));
      zoom = 1; turned = 0; left = top = 0; drawn = null;
      svg.setAttribute('data-page', button.getAttribute('data-show'));
      svg.setAttribute('aria-label', button.getAttribute('data-word'));
      image.setAttribute('width', wide); image.setAttribute('height', high);
      image.setAttribute('href', button.getAttribute('data-href'));
      one(box, '[data-caption]').textContent = button.getAttribute('data-word');
      all(box, '[data-show]').forEach(function (each) { if (each === button) each.setAttribute('aria-current', 'true'); else each.removeAttribute('aria-current'); });
      all(d, '[data-about]').forEach(function (part) { part.hidden = part.getAttribute('data-about') !== button.getAttribute('data-show'); });
      all(d, 'input[name=shown]').forEach(function (field) { if (field.closest('#decision')) field.value = button.getAttribute('data-show'); });
      show(); showMarks();
    }
    svg.addEventListener('pointerdown', function (event) {
      if (event.button) return;
      event.preventDefault();
      svg.setPointerCapture(event.pointerId);
      if (frame && frame.getAttribute('aria-pressed') === 'true') drawn = { from: point(event) };
      else pulled = { x: event.clientX, y: event.clientY, left: left, top: top };
    });
    svg.addEventListener('pointermove', function (event) {
      if (drawn && drawn.from) {
        var at = rectangle(drawn.from, point(event));
        drawn = { from: drawn.from, x: at.x, y: at.y, width: at.width, height: at.height };
        showMarks();
      } else if (pulled) {
        var size = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
        left = pulled.left - (event.clientX - pulled.x) * size; top = pulled.top - (event.clientY - pulled.y) * size;
        show();
      }
    });
    svg.addEventListener('pointerup', function () {
      if (drawn && drawn.width > wide / 100 && drawn.height > high / 100) keep(drawn);
      drawn = null; pulled = null;
      showMarks();
    });
    area.addEventListener('keydown', function (event) {
      var step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step || zoom === 1) return;
      event.preventDefault();
      left += step[0] * wide / zoom / 6; top += step[1] * high / zoom / 6;
      show();
    });
    /* a frame goes to the first line without one; its paper is filled in */
    function keep(at) {
      var lines = all(d, '[data-line]');
      var line = lines.filter(function (each) { return !one(each, '[data-line-mark]').value; })[0];
      if (!line) { add(); line = all(d, '[data-line]').pop(); }
      if (!line) return;
      var share = function (value, whole) { return Math.min(100, Math.max(0, value / whole * 100)).toFixed(2); };
      one(line, '[data-line-page]').value = svg.getAttribute('data-page');
      one(line, '[data-line-mark]').value = [share(at.x, wide), share(at.y, high), share(at.width, wide), share(at.height, high)].join(',');
      var about = one(d, '[data-show="' + svg.getAttribute('data-page') + '"]');
      var paper = one(line, '[data-paper]');
      if (about && about.getAttribute('data-code')) paper.value = about.getAttribute('data-code');
      one(line, '[data-framed]').hidden = false;
      var back = one(d, 'input[name=deed][value=return]');
      if (back && !back.checked) { back.checked = true; back.dispatchEvent(new Event('change', { bubbles: true })); }
      preview(line);
      one(line, '[data-code]').focus();
    }
    d.addEventListener('marks', showMarks);
    show(); showMarks();
  }

  /* --- the return opinion: more lines, fewer lines, the sentence as it will be read --- */
  function number(box) {
    var lines = all(box, '[data-line]');
    lines.forEach(function (line, place) {
      all(line, '[name]').forEach(function (field) { field.name = field.name.replace(/\d+$/, place); });
      all(line, '[id]').forEach(function (field) { field.id = field.id.replace(/\d+$/, place); });
      all(line, 'label[for]').forEach(function (label) { label.htmlFor = label.htmlFor.replace(/\d+$/, place); });
      var title = one(line, 'b');
      title.textContent = title.textContent.replace(/\d+/, place + 1);
      var drop = one(line, '[data-drop]');
      if (drop) { drop.value = 'drop-' + place; drop.hidden = lines.length === 1; }
    });
    var count = one(d, 'input[name=line-count]');
    if (count) count.value = lines.length;
    d.dispatchEvent(new Event('marks'));
  }
  function add() {
    var box = one(d, '[data-lines]');
    if (!box) return;
    var last = all(box, '[data-line]').pop(), line = last.cloneNode(true);
    all(line, 'input, select').forEach(function (field) { field.value = ''; });
    one(line, '[data-framed]').hidden = true;
    one(line, '[data-preview]').hidden = true;
    if (!one(line, '[data-drop]')) {
      var drop = d.createElement('button');
      drop.type = 'submit'; drop.name = 'lines'; drop.className = 'btn btn-xs btn-link';
      drop.setAttribute('data-drop', '');
      drop.textContent = box.getAttribute('data-say-drop');
      one(line, 'b').after(drop);
    }
    last.after(line);
    number(box);
  }
  function preview(line) {
    var code = one(line, '[data-code]'), paper = one(line, '[data-paper]'), note = one(line, '[data-note]').value.trim();
    var option = code.options[code.selectedIndex], text = option && option.getAttribute('data-text'), at = one(line, '[data-preview]');
    at.hidden = !text;
    if (!text) return;
    at.textContent = text
      .replace(/\{material_name\}/g, paper.value ? paper.options[paper.selectedIndex].text : '…')
      .replace(/\{note\}/g, note || '…').replace(/\{\w+\}/g, '…');
  }

  d.addEventListener('click', function (event) {
    var at = function (selector) { return event.target.closest && event.target.closest(selector); };
    var drop = at('[data-drop]'), unframe = at('[data-unframe]');
    if (at('button[name=lines][value=add]')) { event.preventDefault(); add(); one(all(d, '[data-line]').pop(), '[data-code]').focus(); }
    if (drop) {
      event.preventDefault();
      var box = drop.closest('[data-lines]');
      if (all(box, '[data-line]').length > 1) { drop.closest('[data-line]').remove(); number(box); }
    }
    if (unframe) {
      var line = unframe.closest('[data-line]');
      one(line, '[data-line-mark]').value = ''; one(line, '[data-line-page]').value = '';
      one(line, '[data-framed]').hidden = true;
      d.dispatchEvent(new Event('marks'));
    }
  });
  d.addEventListener('input', function (event) { var line = event.target.closest('[data-line]'); if (line) preview(line); });
  d.addEventListener('change', function (event) {
    var input = event.target, line = input.closest('[data-line]');
    if (line) preview(line);
    if (input.name === 'deed' && input.getAttribute('data-button')) {
      var button = one(d, '[data-decide]');
      if (button) button.textContent = input.getAttribute('data-button');
    }
    if (input.hasAttribute('data-all')) all(d, 'input[name=case]').forEach(function (each) { each.checked = input.checked; });
    if (input.hasAttribute('data-all') || input.name === 'case') rows();
  });

  /* --- chosen rows of the list --- */
  function rows() {
    var boxes = all(d, 'input[name=case]'), chosen = boxes.filter(function (each) { return each.checked; }).length;
    boxes.forEach(function (each) { each.closest('tr').classList.toggle('is-picked', each.checked); });
    var word = one(d, '[data-chosen]');
    if (!word) return;
    word.setAttribute('data-plain', word.getAttribute('data-plain') || word.textContent);
    word.textContent = chosen ? word.getAttribute('data-say') + ' ' + chosen : word.getAttribute('data-plain');
  }

  d.addEventListener('DOMContentLoaded', function () {
    all(d, '[data-viewer]').forEach(viewer);
    all(d, '[data-line]').forEach(preview);
    rows();
  });
})(document);
