/* The kind of document decides what the form asks; nothing typed is lost, and without this script everything is shown. */
(function (d) {
  var kind = d.getElementById('id_type'), number = d.getElementById('id_number'), told = d.querySelector('[data-documents]');
  if (!kind || !number || !told) return;
  var documents = JSON.parse(told.getAttribute('data-documents'));
  var label = told.querySelector('label[for=id_number]'), hint = d.getElementById('id_number-h'), own = label.textContent;
  function show(id, on) { var at = d.getElementById(id); if (at) at.closest('.aj-field').hidden = !on; }
  function change() {
    var one = documents[kind.value];
    if (!one) return;
    label.textContent = one.group ? own : told.getAttribute('data-number');
    hint.textContent = one.hint + ' ' + told.getAttribute('data-example').replace('#', one.example);
    show('birth_date', one.birth || d.getElementById('birth_date-e'));
    show('ethnicity', one.group || d.getElementById('ethnicity-e'));
  }
  /* an 18-character number says birth date and gender: what is still empty is filled in */
  function draw() {
    var typed = number.value.replace(/\s/g, ''), one = documents[kind.value];
    if (!one || one.birth || !/^\d{17}[\dXx]$/.test(typed) || kind.value.indexOf('foreign') === 0) return;
    if (d.querySelector('[name=gender]:checked')) return;
    var said = d.querySelector('[name=gender][value="' + (Number(typed.charAt(16)) % 2 ? '1' : '2') + '"]');
    if (said) said.checked = true;
  }
  kind.addEventListener('change', change);
  number.addEventListener('change', draw);
  change();
})(document);
