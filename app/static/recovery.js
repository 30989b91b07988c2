/* Recovery codes to a file or to paper; without this script they are copied by hand. */
(function (d) {
  function save(button) {
    var codes = d.querySelectorAll('#' + button.getAttribute('data-save') + ' li');
    var text = Array.prototype.map.call(codes, function (one) { return one.textContent; }).join('\r\n') + '\r\n';
    var link = d.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = button.getAttribute('data-save-as');
    d.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }
  d.querySelectorAll('[data-save]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { save(button); });
  });
  d.querySelectorAll('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });
})(document);
